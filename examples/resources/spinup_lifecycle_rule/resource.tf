resource "spinup_bucket" "scans" {
  name       = "scans-example-edu"
  versioning = true
}

# Scans are moved twice and deleted after seven years; what they replace is kept for half a year, but for the last two.
resource "spinup_lifecycle_rule" "raw" {
  bucket = spinup_bucket.scans.name
  name   = "raw/archive"
  filter = { prefix = "raw/", object_size_greater_than = 131072 }

  transitions = [
    { days = 30, storage_class = "STANDARD_IA" },
    { days = 180, storage_class = "DEEP_ARCHIVE" },
  ]
  expiration_days = 2557

  noncurrent_transitions    = [{ days = 30, storage_class = "GLACIER_IR" }]
  noncurrent_days           = 183
  newer_noncurrent_versions = 2
}

# Everything that an editor tagged as a draft is deleted at the end of the project.
resource "spinup_lifecycle_rule" "drafts" {
  bucket          = spinup_bucket.scans.name
  name            = "drafts"
  filter          = { tags = { Stage = "draft" } }
  expiration_date = "2031-01-31"
}

# In the whole bucket: uploads that nobody finished, and delete markers with nothing under them.
resource "spinup_lifecycle_rule" "tidy" {
  bucket                         = spinup_bucket.scans.name
  name                           = "tidy"
  delete_incomplete_uploads_days = 7
  expired_object_delete_marker   = true
}

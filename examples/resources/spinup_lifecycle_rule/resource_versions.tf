# Old versions below drafts/ are deleted after 30 days, but for the newest of them.
resource "spinup_lifecycle_rule" "versions" {
  bucket                    = spinup_bucket.scans.name
  name                      = "old versions"
  filter                    = { prefix = "drafts/" }
  noncurrent_days           = 30
  newer_noncurrent_versions = 1
}

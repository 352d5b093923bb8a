resource "spinup_bucket" "photos" {
  name = "photos-example-edu"
}

# A role for the workflow that publishes: runs for the branch main, and jobs with the environment "production".
resource "spinup_bucket_role" "publisher" {
  bucket = spinup_bucket.photos.name
  name   = "photos-example-edu-publisher"
  access = "read_write"

  trust = {
    github = [
      { repository = "example-library/photos", branch = "main" },
      { repository = "example-library/photos", environment = "production" },
    ]
  }
  oidc_provider = "create"
}

# A role for one role of a partner's account, which may read what lies below albums/2026/.
resource "spinup_bucket_role" "partner" {
  bucket = spinup_bucket.photos.name
  name   = "photos-example-edu-partner"
  access = "read_only"
  path   = "/albums/2026/"

  trust = {
    accounts = [{ id = "111122223333", external_id = "photos-2026", role = "team/importer" }]
  }
}

# A role for pipelines of a project on gitlab.com, for the branch main.
resource "spinup_bucket_role" "pipeline" {
  bucket        = spinup_bucket.photos.name
  name          = "photos-example-edu-pipeline"
  access        = "read_write"
  trust         = { gitlab = [{ project = "example-library/photos", branch = "main" }] }
  oidc_provider = "create"
}

# A role that was made for one bucket may write into another one.
resource "spinup_bucket_role" "importer" {
  bucket = spinup_bucket.photos.name
  name   = "photos-example-edu-importer"
  access = "read_only"
  trust  = { services = ["lambda.amazonaws.com"] }
}

resource "spinup_bucket_grant" "importer" {
  bucket = "albums-example-edu"
  role   = spinup_bucket_role.importer.name
  access = "read_write"
}

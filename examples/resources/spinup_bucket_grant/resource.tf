resource "spinup_bucket" "photos" {
  name          = "photos-example-edu"
  access_levels = ["admin", "read_only"]
}

# The group of another bucket may read below albums/ as well.
resource "spinup_bucket_grant" "readers" {
  bucket = "albums-example-edu"
  group  = spinup_bucket.photos.groups["read_only"].group_name
  access = "read_only"
  path   = "/albums/"
}

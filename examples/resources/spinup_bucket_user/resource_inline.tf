# An account with an inline policy in place of a group, for AWS accounts near their quota of groups.
resource "spinup_bucket_user" "printer" {
  bucket = spinup_bucket.photos.name
  name   = "photos-example-edu-printer"
  access = "read_only"
  grant  = "inline"
}

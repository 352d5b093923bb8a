import {
  to = spinup_bucket_grant.readers
  identity = {
    bucket = "albums-example-edu"
    kind   = "group"
    name   = "photos-example-edu-BktROGrp"
  }
}

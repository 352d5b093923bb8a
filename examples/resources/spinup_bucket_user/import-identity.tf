import {
  to = spinup_bucket_user.visitor
  identity = {
    bucket = "photos-example-edu"
    name   = "photos-example-edu-visitor"
  }
}

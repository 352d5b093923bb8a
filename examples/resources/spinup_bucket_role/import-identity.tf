import {
  to = spinup_bucket_role.partner
  identity = {
    bucket = "photos-example-edu"
    name   = "photos-example-edu-partner"
  }
}

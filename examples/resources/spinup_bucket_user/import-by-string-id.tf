import {
  to = spinup_bucket_user.visitor
  id = "photos-example-edu/photos-example-edu-visitor"
}

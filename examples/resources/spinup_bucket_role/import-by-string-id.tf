import {
  to = spinup_bucket_role.partner
  id = "photos-example-edu/photos-example-edu-partner"
}

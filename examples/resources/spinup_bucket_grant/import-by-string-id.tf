import {
  to = spinup_bucket_grant.readers
  id = "albums-example-edu/group/photos-example-edu-BktROGrp"
}

resource "spinup_bucket_user" "ann" {
  bucket = "library-data"
  name   = "ann"
  access = "read_only"
  access_key = {
    overlap = "24h"
    store   = { ssm_parameter = "/library/ann" }
  }
}

# terraform apply -invoke=action.spinup_rotate_key.ann
action "spinup_rotate_key" "ann" {
  config {
    bucket    = spinup_bucket_user.ann.bucket
    name      = spinup_bucket_user.ann.name
    stored_at = spinup_bucket_user.ann.access_key.stored_at
  }
}

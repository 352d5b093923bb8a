resource "spinup_bucket" "photos" {
  name          = "photos-example-edu"
  access_levels = ["admin", "read_write", "read_only"]
}

# An account that may read and write, with a key that is rotated by a changed text. The old key stays valid for two days.
resource "spinup_bucket_user" "uploader" {
  bucket = spinup_bucket.photos.name
  name   = "photos-example-edu-uploader"
  access = "read_write"

  access_key = {
    rotation = "2026-11"
    overlap  = "48h"
    store    = { secretsmanager_secret = "photos/uploader" }
  }
}

# An account for a machine that looks its key up. The first plan after 90 days has a new key; the old one stays for a day,
# and longer while something still uses it.
resource "spinup_bucket_user" "camera" {
  bucket = spinup_bucket.photos.name
  name   = "photos-example-edu-camera"
  access = "read_write"

  access_key = {
    rotate_after = "2160h"
    overlap      = "24h"
    store        = { ssm_parameter = "/photos/camera" }
  }
}

# An account without a key, confined to what lies below albums/2026/.
resource "spinup_bucket_user" "visitor" {
  bucket = spinup_bucket.photos.name
  name   = "photos-example-edu-visitor"
  access = "read_only"
  path   = "/albums/2026/"
}

# A key for a person: encrypted with their public key, and so safe to hand over. They read it with
# terraform output -raw key_of_curator | gpg --decrypt
resource "spinup_bucket_user" "curator" {
  bucket = spinup_bucket.photos.name
  name   = "photos-example-edu-curator"
  access = "admin"

  access_key = {
    rotation = "2026-11"
    overlap  = "24h"
    store    = { pgp_key = file("${path.module}/keys/photos.asc") }
  }
}

output "key_of_curator" {
  value = spinup_bucket_user.curator.access_key.encrypted_secret
}

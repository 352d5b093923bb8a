resource "spinup_bucket" "maps" {
  name = "maps-users-example-edu"
}

resource "spinup_bucket_user" "editor" {
  bucket = spinup_bucket.maps.name
  name   = "maps-users-example-edu-editor"
  access = "admin"
}

data "spinup_bucket_user" "editor" {
  bucket = spinup_bucket_user.editor.bucket
  name   = spinup_bucket_user.editor.name
}

output "keys" {
  value = [for key in data.spinup_bucket_user.editor.access_keys : key.id if key.active]
}

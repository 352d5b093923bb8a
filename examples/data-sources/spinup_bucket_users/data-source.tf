data "spinup_bucket_users" "maps" {
  bucket = "maps-example-edu"
}

output "users" {
  value = data.spinup_bucket_users.maps.names
}

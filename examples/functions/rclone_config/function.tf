# What goes into rclone.conf. Then `rclone ls team-data-example-edu:` lists what is below docs/.
output "rclone" {
  value = provider::spinup::rclone_config("team-data-example-edu", "docs/")
}

# The same for a bucket of a store that is not AWS, the whole of it.
output "store_rclone" {
  value = provider::spinup::rclone_config("team-data", null, "https://s3.example.edu:9000")
}

# mc alias set campus https://s3.example.edu:9000 --path on
output "command" {
  value = provider::spinup::mc_alias("campus", "https://s3.example.edu:9000")
}

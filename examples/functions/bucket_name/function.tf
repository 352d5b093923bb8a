locals {
  team = "Soil & Water"
}

# team-data, and soil-water-data with eight digits at its end.
output "names" {
  value = [provider::spinup::bucket_name("team", "data"), provider::spinup::bucket_name(local.team, "data")]
}

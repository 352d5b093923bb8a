# The buckets of one application.
data "spinup_buckets" "application" {
  name_prefix = "team-"

  tags = {
    Application = "team-data"
  }
}

output "names" {
  value = data.spinup_buckets.application.names
}

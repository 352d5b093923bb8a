# terraform query -generate-config-out=found.tf writes a resource and an import block for each.
list "spinup_bucket" "team" {
  provider         = spinup
  include_resource = true
  limit            = 1000

  config {
    name_prefix = "team-"

    tags = {
      Application = "team-data"
    }
  }
}

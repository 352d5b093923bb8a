list "spinup_lifecycle_rule" "rules" {
  provider         = spinup
  include_resource = true

  config {
    bucket = "team-data"
  }
}

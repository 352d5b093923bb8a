list "spinup_bucket_role" "jobs" {
  provider         = spinup
  include_resource = true

  config {
    bucket = "team-data"
  }
}

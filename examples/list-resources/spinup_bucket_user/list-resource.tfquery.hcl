list "spinup_bucket_user" "members" {
  provider         = spinup
  include_resource = true

  config {
    bucket = "team-data"
  }
}

list "spinup_bucket_grant" "grants" {
  provider         = spinup
  include_resource = true

  config {
    bucket = "team-data"
  }
}

list "spinup_object" "notes" {
  provider = spinup
  limit    = 1000

  config {
    bucket = "team-data"
    prefix = "notes/"
  }
}

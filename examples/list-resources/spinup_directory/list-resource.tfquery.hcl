list "spinup_directory" "published" {
  provider = spinup

  config {
    bucket = "team-data"
  }
}

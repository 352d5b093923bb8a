# terraform apply -invoke=action.spinup_move_object.archive
action "spinup_move_object" "archive" {
  config {
    source = {
      bucket = "library-data"
      key    = "catalogue-2025.csv"
    }
    destination = {
      bucket = "library-archive"
      key    = "catalogues/2025.csv"
    }
  }
}

# terraform apply -invoke=action.spinup_empty_bucket.scratch
action "spinup_empty_bucket" "scratch" {
  config {
    bucket = "library-scratch"
    prefix = "runs/"
  }
}

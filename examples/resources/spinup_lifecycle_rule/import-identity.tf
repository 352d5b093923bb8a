import {
  to = spinup_lifecycle_rule.raw
  identity = {
    bucket = "scans-example-edu"
    name   = "raw/archive"
  }
}

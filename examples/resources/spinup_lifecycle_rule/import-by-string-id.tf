import {
  to = spinup_lifecycle_rule.raw
  id = "scans-example-edu/raw/archive"
}

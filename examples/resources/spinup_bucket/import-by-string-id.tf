import {
  to = spinup_bucket.data
  id = "team-data-example-edu"
}

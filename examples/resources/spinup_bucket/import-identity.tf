import {
  to = spinup_bucket.data
  identity = {
    name       = "team-data-example-edu"
    region     = "us-east-1"
    account_id = "111122223333"
  }
}

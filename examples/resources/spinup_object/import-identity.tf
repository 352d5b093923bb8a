import {
  to = spinup_object.settings
  identity = {
    bucket = "survey-example-edu"
    key    = "settings.json"
    region = "us-east-1"
  }
}

import {
  to = spinup_object.settings
  id = "survey-example-edu/settings.json"
}

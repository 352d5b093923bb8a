import {
  to = spinup_object.archive
  id = "survey-example-edu/archive/2026/samples.csv"
}

data "spinup_object" "settings" {
  bucket    = "survey-example-edu"
  key       = "settings.json"
  read_body = true
}

output "title" {
  value = jsondecode(data.spinup_object.settings.body).title
}

resource "spinup_bucket" "site" {
  name = "settings-example-edu"
}

resource "spinup_object" "settings" {
  bucket  = spinup_bucket.site.name
  key     = "settings.json"
  content = jsonencode({ title = "Soil survey" })
}

data "spinup_object" "settings" {
  bucket    = spinup_object.settings.bucket
  key       = spinup_object.settings.key
  read_body = true
}

output "title" {
  value = jsondecode(data.spinup_object.settings.body).title
}

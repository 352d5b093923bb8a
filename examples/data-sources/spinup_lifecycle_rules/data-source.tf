resource "spinup_bucket" "data" {
  name = "ruled-example-edu"
}

resource "spinup_lifecycle_rule" "tidy" {
  bucket                         = spinup_bucket.data.name
  name                           = "tidy"
  delete_incomplete_uploads_days = 7
}

data "spinup_lifecycle_rules" "data" {
  bucket     = spinup_bucket.data.name
  depends_on = [spinup_lifecycle_rule.tidy]
}

# Rules of any owner that delete objects.
output "deleting" {
  value = [
    for rule in data.spinup_lifecycle_rules.data.rules : rule.name
    if rule.expiration_days != null || rule.expiration_date != null
  ]
}

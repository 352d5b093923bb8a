resource "spinup_bucket" "data" {
  name = "looked-at-example-edu"
}

data "spinup_bucket" "data" {
  name = spinup_bucket.data.name
}

output "can_be_destroyed" {
  value = data.spinup_bucket.data.empty
}

# A bucket of that user's own.
resource "spinup_bucket" "lab" {
  name  = "lab-data"
  owner = spinup_gateway_user.lab.access_key
}

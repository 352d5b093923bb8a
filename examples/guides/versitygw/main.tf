terraform {
  required_providers {
    spinup = {
      source  = "spinup-dev/spinup"
      version = "~> 0.1.0"
    }
  }
}

# The gateway is at AWS_ENDPOINT_URL_S3. The keys of its root are in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
provider "spinup" {
  platform = "versitygw"
}

# A user of the gateway. Another text in rotation makes another secret.
resource "spinup_gateway_user" "lab" {
  access_key = "lab-of-guide"
  secret     = { rotation = "2026-11" }
}

# A bucket of that user, which everybody may read.
resource "spinup_bucket" "data" {
  name          = "lab-data-of-guide"
  owner         = spinup_gateway_user.lab.access_key
  versioning    = true
  public_access = "read"
}

output "secret" {
  value     = spinup_gateway_user.lab.secret.value
  sensitive = true
}

# What `make demo STORE=versitygw` applies: two users of the gateway, and a bucket that belongs to one of them. Where the
# gateway is, and the credentials of its root, the provider reads from the environment: AWS_ENDPOINT_URL_S3,
# AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
terraform {
  required_providers {
    spinup = {
      source = "spinup-dev/spinup"
    }
  }
}

provider "spinup" {
  platform = "versitygw"
}

variable "rotation" {
  description = "A changed text rotates the secrets. Empty: the secrets are not managed, as after an import."
  type        = string
  default     = "first"
}

variable "owner" {
  description = "Whose the bucket is: lab or library."
  type        = string
  default     = "lab"
}

resource "spinup_gateway_user" "demo" {
  for_each   = toset(["lab", "library"])
  access_key = "demo-${each.key}"
  secret     = var.rotation == "" ? null : { rotation = var.rotation }
}

resource "spinup_bucket" "demo" {
  name          = "demo-data-example-edu"
  owner         = spinup_gateway_user.demo[var.owner].access_key
  versioning    = true
  public_access = "read"

  tags = {
    Application = "demo"
  }
}

output "bucket" {
  description = "Name of the bucket."
  value       = spinup_bucket.demo.name
}

output "secrets" {
  description = "The secret of each user, by its access key. Null if it is not managed."
  value       = { for user in spinup_gateway_user.demo : user.access_key => try(user.secret.value, null) }
  sensitive   = true
}

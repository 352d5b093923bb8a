# What `make demo` applies: one bucket that keeps versions, a group whose members administer it and, with a variable set,
# an account in that group. Where the provider
# finds S3 and IAM it reads from the environment: AWS_ENDPOINT_URL for an emulator, nothing for AWS itself.
terraform {
  required_providers {
    spinup = {
      source = "spinup-dev/spinup"
    }
  }
}

provider "spinup" {
  region = "us-east-1"
}

resource "spinup_bucket" "demo" {
  name          = "demo-data-example-edu"
  versioning    = true
  access_levels = ["admin"]

  tags = {
    Application = "demo"
  }
}

variable "rotation" {
  description = "Any text makes an account with a key; a changed text rotates the key. Null: no account."
  type        = string
  default     = null
}

resource "spinup_bucket_user" "demo" {
  count  = var.rotation == null ? 0 : 1
  bucket = spinup_bucket.demo.name
  name   = "${spinup_bucket.demo.name}-uploader"
  access = "admin"

  access_key = {
    rotation = var.rotation
    overlap  = "5s"
  }
}

output "arn" {
  description = "ARN of the bucket."
  value       = spinup_bucket.demo.arn
}

output "groups" {
  description = "The group of each access level: whoever is put into it may use the bucket so."
  value       = { for level, group in spinup_bucket.demo.groups : level => group.group_name }
}

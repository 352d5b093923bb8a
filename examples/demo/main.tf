# What `make demo` applies: one bucket that keeps versions, and a group whose members administer it. Where the provider
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

output "arn" {
  description = "ARN of the bucket."
  value       = spinup_bucket.demo.arn
}

output "groups" {
  description = "The group of each access level: whoever is put into it may use the bucket so."
  value       = { for level, group in spinup_bucket.demo.groups : level => group.group_name }
}

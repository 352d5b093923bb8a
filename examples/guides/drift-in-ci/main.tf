terraform {
  required_providers {
    spinup = { source = "spinup-dev/spinup" }
  }
}

variable "bucket" {
  type = string
}

provider "spinup" {}

resource "spinup_bucket" "data" {
  name       = var.bucket
  versioning = true
}

# What the credentials of the job need: they can plan, and change nothing.
data "spinup_provider_policy" "drift" {
  mode         = "plan"
  resources    = ["spinup_bucket"]
  bucket_names = [var.bucket]
}

output "policy" {
  value = data.spinup_provider_policy.drift.json
}

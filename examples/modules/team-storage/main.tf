# A module as a platform team might offer it: storage for one team, with a group to put its people into.
terraform {
  required_version = ">= 1.11"

  required_providers {
    spinup = {
      source  = "spinup-dev/spinup"
      version = ">= 0.1.0"
    }
  }
}

variable "team" {
  type        = string
  description = "Short name of the team: lower-case letters, digits and hyphens."
}

variable "keep_versions" {
  type        = bool
  default     = true
  description = "Whether old versions of objects are kept."
}

resource "spinup_bucket" "this" {
  name          = "${var.team}-storage-example-edu"
  versioning    = var.keep_versions
  access_levels = ["admin", "read_only"]

  tags = {
    Team = var.team
  }
}

output "bucket" {
  value       = spinup_bucket.this.name
  description = "Name of the bucket."
}

output "groups" {
  value       = { for level, group in spinup_bucket.this.groups : level => group.group_name }
  description = "IAM group of each access level."
}

# A module as a platform team might offer it: jobs of one repository may publish in one bucket or website.
terraform {
  required_version = ">= 1.11"

  required_providers {
    spinup = {
      source  = "spinup-dev/spinup"
      version = ">= 0.1.0"
    }
  }
}

variable "bucket" {
  type        = string
  description = "Name of the bucket or the website."
}

variable "repository" {
  type        = string
  description = "Repository on GitHub, as OWNER/NAME."
}

variable "environment" {
  type        = string
  default     = "production"
  description = "Environment of the jobs that publish. Its own rules say who may deploy."
}

variable "website" {
  type        = bool
  default     = false
  description = "Whether the bucket is that of a spinup_website, whose caches the jobs may drop."
}

resource "spinup_bucket_role" "this" {
  bucket        = var.bucket
  name          = "publish-${substr(sha256("${var.bucket} ${var.repository} ${var.environment}"), 0, 12)}"
  access        = "read_write"
  web_admin     = var.website
  oidc_provider = "create"
  trust         = { github = [{ repository = var.repository, environment = var.environment }] }
}

output "role_arn" {
  value       = spinup_bucket_role.this.arn
  description = "What the workflow assumes: role-to-assume of configure-aws-credentials."
}

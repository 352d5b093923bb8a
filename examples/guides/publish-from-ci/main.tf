# What a pipeline publishes. The bucket and the distribution are those of a spinup_website, which another configuration
# made. Add the backend that keeps your state.
terraform {
  required_version = ">= 1.11"
  required_providers {
    spinup = {
      source  = "spinup-dev/spinup"
      version = "~> 0.1.0"
    }
  }
}

provider "spinup" {
  region = "us-east-1"
}

variable "bucket" {
  description = "Name of the bucket: bucket_name of the site."
  type        = string
}

variable "distribution_id" {
  description = "Id of the distribution: distribution_id of the site."
  type        = string
}

# The site, as the build has left it in the folder "public".
resource "spinup_directory" "site" {
  bucket       = var.bucket
  source       = "${path.module}/public"
  max_removals = 20

  cache_control = [
    { match = "feed.xml", value = "public, max-age=300" },
    { match = "fonts/", value = "public, max-age=31536000, immutable" },
  ]
  keep_removed = {
    "for" = "72h" # in quotes: Terraform takes a bare "for" for an expression
  }
  invalidate = {
    distribution_id = var.distribution_id
    wait            = true
  }
}

# The manual, below a prefix of the same bucket. It has a manifest of its own, and could be published by another pipeline.
resource "spinup_directory" "manual" {
  bucket = var.bucket
  prefix = "manual/"
  source = "${path.module}/manual"

  invalidate = {
    distribution_id = var.distribution_id
  }
}

output "published" {
  description = "What the last apply did to the site."
  value       = spinup_directory.site.changes
}

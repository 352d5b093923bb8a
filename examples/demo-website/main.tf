# What `make demo-website` applies: one site, from one block, in a public hosted zone that is there; and the files of the
# folder "site", which are published on it. Where the provider finds S3, IAM, CloudFront, ACM and Route 53 it reads from
# the environment: AWS_ENDPOINT_URL for an emulator, nothing for AWS itself.
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

resource "spinup_website" "demo" {
  domain         = "demo.example.edu"
  error_document = "lost.html"

  tags = {
    Application = "demo"
  }
}

variable "publish" {
  description = "Whether the folder is published. The demo begins without it, to show the empty site."
  type        = bool
  default     = true
}

resource "spinup_directory" "pages" {
  count  = var.publish ? 1 : 0
  bucket = spinup_website.demo.bucket_name
  source = "${path.module}/site"

  invalidate = {
    distribution_id = spinup_website.demo.distribution_id
  }
}

output "domain" {
  description = "Name of the site."
  value       = spinup_website.demo.domain
}

output "bucket" {
  description = "Name of the bucket: what is put there is on the site."
  value       = spinup_website.demo.bucket_name
}

output "records" {
  description = "Records that were made in the hosted zone."
  value       = keys(spinup_website.demo.dns_records)
}

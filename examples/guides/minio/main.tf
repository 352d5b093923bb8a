terraform {
  required_providers {
    spinup = {
      source  = "spinup-dev/spinup"
      version = "~> 0.1.0"
    }
  }
}

variable "endpoint" {
  description = "Where MinIO answers, such as https://minio.example.edu:9000."
  type        = string
}

variable "bucket" {
  description = "Name of the bucket."
  type        = string
}

# The access key is in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
provider "spinup" {
  platform  = "minio"
  endpoints = { s3 = var.endpoint }
}

# Everybody may read what is in the bucket. Old versions are deleted after a month.
resource "spinup_bucket" "data" {
  name             = var.bucket
  versioning       = true
  public_access    = "read"
  lifecycle_preset = "expire-noncurrent"
  tags             = { Owner = "library" }
}

# What lies below drafts/ is deleted after a year.
resource "spinup_lifecycle_rule" "drafts" {
  bucket          = spinup_bucket.data.name
  name            = "drafts"
  filter          = { prefix = "drafts/" }
  expiration_days = 365
}

# With delete_versions a destroy leaves no old version behind, which would keep the bucket from being destroyed.
resource "spinup_object" "readme" {
  bucket          = spinup_bucket.data.name
  key             = "README.txt"
  content         = "Data of the library."
  delete_versions = true
}

terraform {
  required_providers {
    spinup = {
      source  = "spinup-dev/spinup"
      version = "~> 0.1.0"
    }
  }
}

variable "endpoint" {
  description = "The S3 endpoint of the location where the buckets are."
  type        = string
}

variable "bucket" {
  description = "Name of the bucket."
  type        = string
}

variable "lifecycle_rules" {
  description = "Whether the store has lifecycle rules."
  type        = bool
  default     = true
}

# The access key is in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
provider "spinup" {
  platform  = "kos"
  endpoints = { s3 = var.endpoint }
}

resource "spinup_bucket" "scans" {
  name       = var.bucket
  versioning = true
  tags       = { Owner = "library" }

  # Everybody may read what is in the bucket: anonymous_access of KOS's own API.
  public_access = "read"

  # Who is in these networks may also list it: the bucket IP policy of KOS's own API.
  policy = jsonencode({
    Statement = [{
      Sid       = "Campus"
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:ListBucket"
      Resource  = "arn:aws:s3:::${var.bucket}"
      Condition = { IpAddress = { "aws:SourceIp" = ["192.0.2.0/24", "198.51.100.0/24"] } }
    }]
  })
}

# noncurrent_days and newer_noncurrent_versions have the names that they have in KOS's own API.
resource "spinup_lifecycle_rule" "replaced" {
  count = var.lifecycle_rules ? 1 : 0

  bucket                    = spinup_bucket.scans.name
  name                      = "replaced"
  noncurrent_days           = 90
  newer_noncurrent_versions = 2
}

# The list of buckets, filtered by name.
data "spinup_buckets" "mine" {
  name_prefix = var.bucket

  depends_on = [spinup_bucket.scans]
}

output "buckets" {
  value = data.spinup_buckets.mine.names
}

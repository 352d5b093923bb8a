# A private, encrypted bucket, and the group team-data-example-edu-BktAdmGrp: whoever is in it may use the bucket.
resource "spinup_bucket" "data" {
  name = "team-data-example-edu"

  tags = {
    Application = "team-data"
  }
}

# Versions are kept for a month, three groups are made, and a service may write below one prefix.
resource "spinup_bucket" "archive" {
  name          = "team-archive-example-edu"
  versioning    = true
  access_levels = ["admin", "read_write", "read_only"]

  lifecycle_preset = "expire-noncurrent"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Deliveries"
      Effect    = "Allow"
      Principal = { Service = "delivery.logs.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::team-archive-example-edu/deliveries/*"
    }]
  })

  timeouts {
    delete = "1h"
  }
}

# A name of its own for each copy of this configuration, readable by everybody, and destroyed with its contents.
resource "spinup_bucket" "downloads" {
  name_prefix   = "team-downloads-"
  public_access = "read"
  access_levels = ["read_write"]
  force_destroy = true
}

# Written from the campus only, and read from a partner's network as well. Terraform may run elsewhere.
resource "spinup_bucket" "results" {
  name = "team-results-example-edu"

  ip_access = {
    read_write    = ["198.51.100.0/24", "2001:db8:40::/48"]
    read_only     = ["203.0.113.7/32"]
    allow_lockout = true
  }
}

# Pages of www.example.edu may upload to presigned URLs of this bucket.
resource "spinup_bucket" "uploads" {
  name = "team-uploads-example-edu"

  cors_rules = [{
    allowed_methods = ["PUT"]
    allowed_origins = ["https://www.example.edu"]
    allowed_headers = ["content-type"]
    expose_headers  = ["ETag"]
    max_age_seconds = 600
  }]
}

# What is put here cannot be deleted for a year, except by those who may bypass governance.
resource "spinup_bucket" "records" {
  name = "team-records-example-edu"

  object_lock = {
    mode  = "GOVERNANCE"
    years = 1
  }
}

output "put_users_into" {
  value = spinup_bucket.data.groups["admin"].group_name
}

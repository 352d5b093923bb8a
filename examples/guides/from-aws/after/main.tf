# The same with spinup: one block for each wish.
terraform {
  required_providers {
    spinup = { source = "spinup-dev/spinup" }
  }
}

provider "spinup" {
  region = "us-east-1"
}

resource "spinup_bucket" "soil" {
  name = "soil-survey-example-edu"
  tags = { project = "soil survey" }

  versioning    = true
  access_levels = ["admin", "read_write", "read_only"]
  access_log    = { bucket = "access-log-example-edu", prefix = "s3/" }

  cors_rules = [{
    allowed_methods = ["GET"]
    allowed_origins = ["https://maps.example.edu"]
    max_age_seconds = 3600
  }]

  # The team's own statement that refuses plain HTTP stays, so spinup adds none.
  require_tls = false

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyTLS"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::soil-survey-example-edu", "arn:aws:s3:::soil-survey-example-edu/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "spinup_lifecycle_rule" "soil" {
  bucket          = spinup_bucket.soil.name
  name            = "old-versions"
  noncurrent_days = 90
}

resource "spinup_object" "readme" {
  bucket       = spinup_bucket.soil.name
  key          = "README.txt"
  content      = "Samples of the soil survey, one folder a year.\n"
  content_type = "text/plain"
}

resource "spinup_bucket_user" "station" {
  bucket        = spinup_bucket.soil.name
  name          = "soil-station"
  access        = "read_write"
  tags          = { project = "soil survey" }
  access_key    = {}
  force_destroy = false
}

# What a team keeps with hashicorp/aws: a bucket, a group for each level of access to it, a user with a key, an object.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

locals {
  name = "soil-survey-example-edu"
}

resource "aws_s3_bucket" "soil" {
  bucket = local.name
  tags   = { project = "soil survey" }
}

resource "aws_s3_bucket_versioning" "soil" {
  bucket = aws_s3_bucket.soil.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "soil" {
  bucket = aws_s3_bucket.soil.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "soil" {
  bucket = aws_s3_bucket.soil.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "soil" {
  bucket                  = aws_s3_bucket.soil.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "soil" {
  bucket = aws_s3_bucket.soil.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyTLS"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.soil.arn, "${aws_s3_bucket.soil.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_s3_bucket_logging" "soil" {
  bucket        = aws_s3_bucket.soil.id
  target_bucket = "access-log-example-edu"
  target_prefix = "s3/"
}

resource "aws_s3_bucket_cors_configuration" "soil" {
  bucket = aws_s3_bucket.soil.id

  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["https://maps.example.edu"]
    max_age_seconds = 3600
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "soil" {
  bucket = aws_s3_bucket.soil.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 90
    }
  }
}

resource "aws_s3_object" "readme" {
  bucket       = aws_s3_bucket.soil.id
  key          = "README.txt"
  content      = "Samples of the soil survey, one folder a year.\n"
  content_type = "text/plain"
}

resource "aws_iam_user" "station" {
  name = "soil-station"
  tags = { project = "soil survey" }
}

resource "aws_iam_user_group_membership" "station" {
  user   = aws_iam_user.station.name
  groups = [aws_iam_group.read_write.name]
}

resource "aws_iam_access_key" "station" {
  user = aws_iam_user.station.name
}

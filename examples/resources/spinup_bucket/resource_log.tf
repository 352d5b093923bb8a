# A bucket for access logs, which S3's log delivery service may write, and a bucket that is logged there.
resource "spinup_bucket" "logs" {
  name             = "team-logs-example-edu"
  access_levels    = ["read_only"]
  lifecycle_preset = "archive"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AccessLogs"
      Effect    = "Allow"
      Principal = { Service = "logging.s3.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::team-logs-example-edu/*"
      Condition = { StringEquals = { "aws:SourceAccount" = data.spinup_account.current.account_id } }
    }]
  })
}

data "spinup_account" "current" {}

resource "spinup_bucket" "logged" {
  name       = "team-logged-example-edu"
  access_log = { bucket = spinup_bucket.logs.name, prefix = "team-logged/" }
}

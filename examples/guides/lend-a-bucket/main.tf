terraform {
  required_version = ">= 1.11"
  required_providers {
    spinup = {
      source  = "spinup-dev/spinup"
      version = "~> 0.1.0"
    }
  }
}

variable "bucket" {
  type        = string
  description = "Name of the bucket."
}

variable "role_arn" {
  type        = string
  description = "ARN of the role that is lent."
}

variable "handover" {
  type        = string
  description = "Bucket in which the borrower finds what is lent."
}

variable "round" {
  type        = string
  description = "Any text. Another one lends anew."
}

# Credentials for what lies below survey/, for an hour.
ephemeral "spinup_bucket_credentials" "survey" {
  bucket   = var.bucket
  prefix   = "survey/"
  access   = "read_write"
  role_arn = var.role_arn
  duration = "1h"
}

# A link to one file, for an hour.
ephemeral "spinup_presigned_url" "manual" {
  bucket     = var.bucket
  key        = "manual.pdf"
  expires_in = "1h"
}

# Where the borrower finds both. The content is write-only: neither state nor plan has it.
resource "spinup_object" "handover" {
  bucket             = var.handover
  key                = "survey.json"
  content_type       = "application/json"
  content_wo_version = var.round

  content_wo = jsonencode({
    access_key = ephemeral.spinup_bucket_credentials.survey.access_key
    secret_key = ephemeral.spinup_bucket_credentials.survey.secret_key
    token      = ephemeral.spinup_bucket_credentials.survey.token
    expires_at = ephemeral.spinup_bucket_credentials.survey.expires_at
    manual     = ephemeral.spinup_presigned_url.manual.url
  })
}

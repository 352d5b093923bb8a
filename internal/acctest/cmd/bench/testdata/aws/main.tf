# The same buckets as hashicorp/aws makes them. Region, keys and endpoint come from the environment.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "buckets" {
  type = number
}

variable "rules" {
  type = number
}

variable "sites" {
  type = number
}

variable "generation" {
  type    = string
  default = "a"
}

provider "aws" {
  s3_use_path_style = true
}

module "bucket" {
  source = "./bucket"
  count  = var.buckets
  name   = "bench-aws-${count.index}"

  tags = {
    Application = "bench"
    Generation  = var.generation
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count  = var.rules > 0 ? var.buckets : 0
  bucket = module.bucket[count.index].name

  dynamic "rule" {
    for_each = range(var.rules)
    content {
      id     = "rule-${rule.value}"
      status = "Enabled"
      filter {}
      expiration {
        days = var.generation == "a" ? 30 : 31
      }
    }
  }
}

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

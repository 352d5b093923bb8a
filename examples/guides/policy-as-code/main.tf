# What the policies let through: a private bucket, a user whose key is in no state, and a site.
terraform {
  required_version = ">= 1.11"
  required_providers {
    spinup = {
      source  = "spinup-dev/spinup"
      version = "~> 0.1.0"
    }
  }
}

provider "spinup" {
  region = "us-east-1"
}

resource "spinup_bucket" "records" {
  name          = "records-example-edu"
  access_levels = ["read_write"]
}

resource "spinup_bucket_user" "scanner" {
  bucket = spinup_bucket.records.name
  name   = "records-example-edu-scanner"
  access = "read_write"

  access_key = {
    store = { ssm_parameter = "/records/scanner" }
  }
}

resource "spinup_website" "library" {
  domain = "library.example.edu"
}

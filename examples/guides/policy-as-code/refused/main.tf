# What the policies refuse, each resource for one reason.
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

resource "spinup_bucket" "public" {
  name          = "public-example-edu"
  public_access = "read"
}

resource "spinup_bucket" "switches" {
  name = "switches-example-edu"
  public_access_block = {
    block_public_acls       = true
    ignore_public_acls      = true
    block_public_policy     = false
    restrict_public_buckets = true
  }
}

resource "spinup_bucket" "plain" {
  name        = "plain-example-edu"
  require_tls = false
}

resource "spinup_bucket" "acls" {
  name             = "acls-example-edu"
  object_ownership = "ObjectWriter"
}

# Nobody knows before the apply what this is going to be.
resource "terraform_data" "decision" {
  input = "read"
}

resource "spinup_bucket" "undecided" {
  name          = "undecided-example-edu"
  public_access = terraform_data.decision.output
}

resource "spinup_bucket_user" "scanner" {
  bucket     = spinup_bucket.plain.name
  name       = "plain-example-edu-scanner"
  access     = "admin"
  access_key = {}
}

resource "spinup_website" "open" {
  domain        = "open.example.edu"
  origin_access = "website_endpoint"
}

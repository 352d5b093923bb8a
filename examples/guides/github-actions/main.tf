terraform {
  required_providers {
    spinup = {
      source  = "spinup-dev/spinup"
      version = "~> 0.1.0"
    }
  }
}

provider "spinup" {}

resource "spinup_bucket" "news" {
  name = "news-example-edu"
}

# Jobs of one repository with the environment "production" may write; runs for the branch main may read.
resource "spinup_bucket_role" "publisher" {
  bucket        = spinup_bucket.news.name
  name          = "news-example-edu-publisher"
  access        = "read_write"
  trust         = { github = [{ repository = "example-library/news", environment = "production" }] }
  oidc_provider = "create"
}

resource "spinup_bucket_role" "reader" {
  bucket        = spinup_bucket.news.name
  name          = "news-example-edu-reader"
  access        = "read_only"
  trust         = { github = [{ repository = "example-library/news", branch = "main" }] }
  oidc_provider = "create"
}

output "publisher" {
  value = spinup_bucket_role.publisher.arn
}

# A site at https://news.example.edu, its files, and who may change them. The account has the public hosted zone example.edu.
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

# The site: bucket, certificate, distribution, DNS records and groups.
resource "spinup_website" "news" {
  domain           = "news.example.edu"
  redirect_domains = ["blog.example.edu"]
  error_document   = "404.html"
}

# Its files, in place of the placeholder. What changes is dropped from the caches.
resource "spinup_directory" "news" {
  bucket = spinup_website.news.bucket_name
  source = "${path.module}/site"

  invalidate = {
    distribution_id = spinup_website.news.distribution_id
  }
}

# An editor who uploads with a program of their own below /uploads/, and may refresh the caches.
resource "spinup_bucket_user" "editor" {
  bucket    = spinup_website.news.bucket_name
  name      = "news-example-edu-editor"
  access    = "read_write"
  path      = "/uploads/"
  web_admin = true

  access_key = {
    rotation = "2026-11"
    store    = { ssm_parameter = "/news/editor" }
  }

  depends_on = [spinup_website.news]
}

output "url" {
  value = spinup_website.news.url
}

output "groups" {
  description = "Put people into admin to let them change the files, into web_admin to let them refresh the caches."
  value       = { for level, group in spinup_website.news.groups : level => group.group_name }
}

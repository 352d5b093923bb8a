terraform {
  required_providers {
    spinup = {
      source = "spinup-dev/spinup"
    }
  }
}

resource "spinup_website" "site" {
  domain = "www.example.edu"
}

data "spinup_website" "site" {
  domain = "old.example.edu"
}

data "spinup_bucket" "one" {
  name = "one-example-edu"
}

data "spinup_buckets" "all" {}

data "spinup_bucket_user" "ann" {
  bucket = "one-example-edu"
  name   = "ann"
}

data "spinup_bucket_users" "all" {
  bucket = "one-example-edu"
}

data "spinup_lifecycle_rules" "all" {
  bucket = "one-example-edu"
}

data "spinup_objects" "all" {
  bucket = "one-example-edu"
}

data "spinup_gateway_users" "all" {}

data "spinup_gateway_buckets" "all" {}

output "target" {
  value = spinup_website.site.dns_records["www.example.edu A"].value
}

output "lists" {
  value = [
    data.spinup_website.site.dns_records["old.example.edu A"].value,
    data.spinup_bucket.one.groups["admin"].policy_document,
    one(data.spinup_bucket.one.cors_rules).max_age_seconds,
    one(data.spinup_buckets.all.buckets).region,
    one(data.spinup_bucket_user.ann.access_keys).active,
    one(one(data.spinup_bucket_users.all.users).groups),
    one(one(data.spinup_lifecycle_rules.all.rules).transitions).days,
    one(data.spinup_lifecycle_rules.all.rules).filter.prefix,
    one(data.spinup_objects.all.objects).size,
    one(data.spinup_gateway_users.all.users).user_id,
    one(data.spinup_gateway_buckets.all.buckets).owner,
  ]
}

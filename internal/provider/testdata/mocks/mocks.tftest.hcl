mock_provider "spinup" {
  mock_resource "spinup_website" {
    defaults = {
      dns_records = {
        "www.example.edu A" = { name = "www.example.edu", type = "A", value = "d1.example.edu" }
      }
    }
  }
  mock_data "spinup_website" {
    defaults = { dns_records = { "old.example.edu A" = { value = "d2.example.edu" } } }
  }
  mock_data "spinup_bucket" {
    defaults = { groups = { admin = { policy_document = "{}" } }, cors_rules = [{ max_age_seconds = 5 }] }
  }
  mock_data "spinup_buckets" {
    defaults = { buckets = [{ region = "us-east-1" }] }
  }
  mock_data "spinup_bucket_user" {
    defaults = { access_keys = [{ active = true }] }
  }
  mock_data "spinup_bucket_users" {
    defaults = { users = [{ groups = ["one-example-edu-BktAdmGrp"] }] }
  }
  mock_data "spinup_lifecycle_rules" {
    defaults = { rules = [{ transitions = [{ days = 30 }], filter = { prefix = "logs/" } }] }
  }
  mock_data "spinup_objects" {
    defaults = { objects = [{ size = 7 }] }
  }
  mock_data "spinup_gateway_users" {
    defaults = { users = [{ user_id = 9 }] }
  }
  mock_data "spinup_gateway_buckets" {
    defaults = { buckets = [{ owner = "ann" }] }
  }
}

run "plan" {
  command = plan

  override_resource {
    target          = spinup_website.site
    override_during = plan
    values = {
      dns_records = { "www.example.edu A" = { value = "d0.example.edu" } }
    }
  }

  assert {
    condition     = output.target == "d0.example.edu"
    error_message = "The record is not the mocked one."
  }
}

run "apply" {
  command = apply

  assert {
    condition     = output.target == "d1.example.edu"
    error_message = "The record is not the mocked one."
  }
  assert {
    condition = jsonencode(output.lists) == jsonencode([
      "d2.example.edu", "{}", 5, "us-east-1", true, "one-example-edu-BktAdmGrp", 30, "logs/", 7, 9, "ann",
    ])
    error_message = "The lists are not the mocked ones: ${jsonencode(output.lists)}."
  }
}

# What the module promises, without an account: the provider is mocked.
mock_provider "spinup" {
  mock_resource "spinup_bucket" {
    defaults = {
      groups = {
        admin = {
          group_name      = "maps-storage-example-edu-BktAdmGrp"
          group_arn       = "arn:aws:iam::111122223333:group/maps-storage-example-edu-BktAdmGrp"
          policy_name     = "maps-storage-example-edu-BktAdmPlc"
          policy_arn      = "arn:aws:iam::111122223333:policy/maps-storage-example-edu-BktAdmPlc"
          policy_document = "{}"
        }
      }
    }
  }
}

variables {
  team = "maps"
}

run "name_and_versions" {
  command = plan

  assert {
    condition     = spinup_bucket.this.name == "maps-storage-example-edu"
    error_message = "The bucket is called ${spinup_bucket.this.name}."
  }
  assert {
    condition     = spinup_bucket.this.versioning
    error_message = "Old versions are not kept."
  }
}

run "no_versions" {
  command = plan

  variables {
    keep_versions = false
  }
  assert {
    condition     = !spinup_bucket.this.versioning
    error_message = "Old versions are kept although nobody wants them."
  }
}

run "groups" {
  assert {
    condition     = output.groups["admin"] == "maps-storage-example-edu-BktAdmGrp"
    error_message = "The output groups does not name the group of admin."
  }
}

# terraform test: what the module makes of its variables, without an account. Nothing is called.
mock_provider "spinup" {
  override_during = plan

  mock_resource "spinup_bucket" {
    defaults = {
      groups = {
        admin     = { group_name = "physics-BktAdmGrp", policy_arn = "arn:aws:iam::123456789012:policy/physics-BktAdmPlc" }
        read_only = { group_name = "physics-BktROGrp", policy_arn = "arn:aws:iam::123456789012:policy/physics-BktROPlc" }
      }
    }
  }
}

variables {
  team = "physics"
}

run "plan" {
  command = plan

  assert {
    condition     = output.bucket == "physics-storage-example-edu"
    error_message = "The bucket is not named after the team."
  }
  assert {
    condition     = output.groups == { admin = "physics-BktAdmGrp", read_only = "physics-BktROGrp" }
    error_message = "A plan does not show the groups of both levels."
  }
}

run "apply" {
  command = apply

  variables {
    keep_versions = false
  }

  override_resource {
    target = spinup_bucket.this
    values = {
      groups = {
        admin = { group_name = "other-BktAdmGrp" }
      }
    }
  }

  assert {
    condition     = !spinup_bucket.this.versioning
    error_message = "Old versions are kept although they should not be."
  }
  assert {
    condition     = output.groups == { admin = "other-BktAdmGrp" }
    error_message = "The groups of the bucket are not those of the output."
  }
}

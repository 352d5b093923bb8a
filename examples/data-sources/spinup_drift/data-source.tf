resource "spinup_bucket" "data" {
  name = "library-data"
}

# Every apply, and every plan with -refresh=false, warns if the bucket is not as the last apply has left it.
check "data_is_as_wanted" {
  data "spinup_drift" "data" {
    type   = "spinup_bucket"
    wanted = spinup_bucket.data
  }

  assert {
    condition     = data.spinup_drift.data.in_sync
    error_message = "The bucket library-data was changed."
  }
}

# Half-made or damaged buckets and websites of an org, whoever manages them.
data "spinup_drift" "org" {
  org = "library"
}

output "damaged" {
  value = [for part in data.spinup_drift.org.parts : "${part.id}: ${part.detail}" if part.status != "in_sync"]
}

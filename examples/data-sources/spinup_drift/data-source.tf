resource "spinup_bucket" "data" {
  name = "library-data"
}

# One bucket, as the configuration wants it.
data "spinup_drift" "data" {
  type   = "spinup_bucket"
  wanted = spinup_bucket.data
}

# Half-made or damaged buckets and websites of an org, whoever manages them.
data "spinup_drift" "org" {
  org = "library"
}

output "data_is_as_wanted" {
  value = data.spinup_drift.data.in_sync
}

output "damaged" {
  value = [for part in data.spinup_drift.org.parts : "${part.id}: ${part.detail}" if part.status != "in_sync"]
}

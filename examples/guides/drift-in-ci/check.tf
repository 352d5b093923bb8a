check "data_is_as_wanted" {
  data "spinup_drift" "data" {
    type   = "spinup_bucket"
    wanted = spinup_bucket.data
  }

  assert {
    condition = data.spinup_drift.data.in_sync
    error_message = join("\n", [
      for part in data.spinup_drift.data.parts :
      "${part.id}, ${part.attribute}: ${part.status}. ${part.detail}" if part.status != "in_sync"
    ])
  }
}

# S3 itself moves these objects between storage classes, by how often they are read.
resource "spinup_lifecycle_rule" "tiering" {
  bucket      = spinup_bucket.scans.name
  name        = "tiering"
  filter      = { prefix = "plates/" }
  transitions = [{ days = 0, storage_class = "INTELLIGENT_TIERING" }]
}

# A bucket as YaleSpinup's s3-api made it. Its tag spinup:org comes from the provider's `org`.
resource "spinup_bucket" "legacy" {
  name = "legacy-example-edu"

  tags = {
    Application = "legacy"
  }

  # What the service did not set, and what AWS itself set on new buckets only later.
  require_tls      = false
  object_ownership = "ObjectWriter"
  public_access    = "unblocked"
}

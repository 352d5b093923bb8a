# Encrypted with a key of your own in KMS. Who uses the bucket needs kms:GenerateDataKey and kms:Decrypt for the key, too.
resource "spinup_bucket" "patents" {
  name = "team-patents-example-edu"

  encryption = {
    kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }
}

# Credentials for what lies below incoming/ of a bucket, for half an hour. The role may do more; the session may not.
ephemeral "spinup_bucket_credentials" "partner" {
  bucket   = "survey-example-edu"
  prefix   = "incoming/"
  access   = "read_write"
  role_arn = "arn:aws:iam::111122223333:role/lending"
  duration = "30m"
}

# They are handed to a program that uploads, which reads them from its environment. State has nothing of them.
resource "terraform_data" "upload" {
  provisioner "local-exec" {
    command = "aws s3 sync survey s3://survey-example-edu/incoming/"

    environment = {
      AWS_ACCESS_KEY_ID     = ephemeral.spinup_bucket_credentials.partner.access_key
      AWS_SECRET_ACCESS_KEY = ephemeral.spinup_bucket_credentials.partner.secret_key
      AWS_SESSION_TOKEN     = ephemeral.spinup_bucket_credentials.partner.token
    }
  }
}

resource "spinup_bucket" "reports" {
  name = "reports-example-edu"
}

resource "spinup_object" "november" {
  bucket  = spinup_bucket.reports.name
  key     = "2026/november.csv"
  content = "site,samples\nlakeside,12\n"
}

# Whoever has this URL can read the report for a quarter of an hour, and nothing else.
ephemeral "spinup_presigned_url" "november" {
  bucket     = spinup_object.november.bucket
  key        = spinup_object.november.key
  expires_in = "15m"
}

# A program without credentials of its own fetches it.
resource "terraform_data" "fetch" {
  triggers_replace = spinup_object.november.sha256

  provisioner "local-exec" {
    command = "curl --fail --silent --output november.csv \"$REPORT\""

    environment = {
      REPORT = ephemeral.spinup_presigned_url.november.url
    }
  }
}

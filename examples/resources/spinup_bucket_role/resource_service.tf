# A role for functions of AWS Lambda that read the whole bucket, in sessions of up to two hours.
resource "spinup_bucket_role" "resizer" {
  bucket               = spinup_bucket.photos.name
  name                 = "photos-example-edu-resizer"
  access               = "read_only"
  max_session_duration = 7200
  trust                = { services = ["lambda.amazonaws.com"] }
}

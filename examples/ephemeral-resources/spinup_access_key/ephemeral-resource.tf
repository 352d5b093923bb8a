resource "spinup_bucket" "samples" {
  name          = "samples-example-edu"
  access_levels = ["read_write"]
}

resource "spinup_bucket_user" "sensor" {
  bucket = spinup_bucket.samples.name
  name   = "samples-example-edu-sensor"
  access = "read_write"

  access_key = {
    rotation = "2026-11"
    store    = { ssm_parameter = "/samples/sensor" }
  }
}

# The key, read back from where it was put. It is in neither state nor plan.
ephemeral "spinup_access_key" "sensor" {
  stored_at = spinup_bucket_user.sensor.access_key.stored_at
}

# It is handed to the program that sets the sensor up.
resource "terraform_data" "sensor" {
  triggers_replace = spinup_bucket_user.sensor.access_key.id

  provisioner "local-exec" {
    command = "printf '[default]\\naws_access_key_id = %s\\naws_secret_access_key = %s\\n' \"$KEY\" \"$SECRET\" > sensor.ini"

    environment = {
      KEY    = ephemeral.spinup_access_key.sensor.id
      SECRET = ephemeral.spinup_access_key.sensor.secret
    }
  }
}

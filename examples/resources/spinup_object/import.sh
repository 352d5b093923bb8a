# The id is the bucket, a slash and the key, which may have slashes of its own.
terraform import spinup_object.settings survey-example-edu/settings.json

# The id is the bucket, a slash and the key, which may have slashes of its own.
terraform import spinup_object.archive survey-example-edu/archive/2026/samples.csv

# The id is the bucket, a slash and the prefix. For the whole bucket it is the bucket and a slash.
terraform import spinup_directory.forms files-example-edu/forms/

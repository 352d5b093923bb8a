# The id is the bucket, a slash and the role.
terraform import spinup_bucket_role.partner photos-example-edu/photos-example-edu-partner

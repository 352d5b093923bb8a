# The id is the bucket, a slash and the user.
terraform import spinup_bucket_user.visitor photos-example-edu/photos-example-edu-visitor

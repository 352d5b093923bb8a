# The id is the bucket, the kind and the name: "role", "user" or "group".
terraform import spinup_bucket_grant.readers albums-example-edu/group/photos-example-edu-BktROGrp

# The id is the name of the bucket. Groups and policies of its access levels are found by their names.
terraform import spinup_bucket.data team-data-example-edu

# The id is the bucket, a slash and the name of the rule, which may have slashes of its own.
terraform import spinup_lifecycle_rule.raw scans-example-edu/raw/archive

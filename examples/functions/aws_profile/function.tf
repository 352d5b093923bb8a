# What goes into ~/.aws/config for those who may assume the role.
output "profile" {
  value = provider::spinup::aws_profile("team", "us-east-1", "arn:aws:iam::111122223333:role/team-data")
}

# A profile for a store that is not AWS.
output "store_profile" {
  value = provider::spinup::aws_profile("campus", null, null, "https://s3.example.edu:9000")
}

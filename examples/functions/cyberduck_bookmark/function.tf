# A bookmark file that opens the bucket in Cyberduck. The second argument is a path in the bucket, or null.
output "bookmark" {
  value = provider::spinup::cyberduck_bookmark("team-data-example-edu", null)
}

# The same for a bucket of a store that is not AWS.
output "store_bookmark" {
  value = provider::spinup::cyberduck_bookmark("team-data", "docs/", "https://s3.example.edu:9000")
}

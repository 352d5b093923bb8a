# A bookmark file that opens the bucket in Cyberduck. The second argument is a path in the bucket, or null.
output "bookmark" {
  value = provider::spinup::cyberduck_bookmark("team-data-example-edu", null)
}

# The samples of a year, at any depth.
data "spinup_objects" "samples" {
  bucket = "survey-example-edu"
  prefix = "archive/2026/"
  match  = "archive/2026/**/*.csv"
  max    = 10000
}

# What a file browser shows as the folders at the top.
data "spinup_objects" "top" {
  bucket    = "survey-example-edu"
  delimiter = "/"
}

output "bytes" {
  value = data.spinup_objects.samples.total_size
}

output "folders" {
  value = data.spinup_objects.top.common_prefixes
}

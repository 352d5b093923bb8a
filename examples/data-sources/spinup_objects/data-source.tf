resource "spinup_bucket" "samples" {
  name = "samples-example-edu"
}

resource "spinup_object" "sample" {
  for_each = toset(["2026/north/1.csv", "2026/north/2.csv", "2026/read.me"])
  bucket   = spinup_bucket.samples.name
  key      = each.key
  content  = "sample"
}

# The tables of a year, at any depth.
data "spinup_objects" "tables" {
  bucket     = spinup_bucket.samples.name
  prefix     = "2026/"
  match      = "2026/**/*.csv"
  max        = 10000
  depends_on = [spinup_object.sample]
}

# What a file browser shows as the folders at the top.
data "spinup_objects" "top" {
  bucket     = spinup_bucket.samples.name
  delimiter  = "/"
  depends_on = [spinup_object.sample]
}

output "bytes" {
  value = data.spinup_objects.tables.total_size
}

output "folders" {
  value = data.spinup_objects.top.common_prefixes
}

provider "spinup" {
  platform = "versitygw"
}

data "spinup_gateway_buckets" "of_lab" {
  owner = "lab"
}

output "buckets_of_lab" {
  value = data.spinup_gateway_buckets.of_lab.buckets[*].name
}

locals {
  source = provider::spinup::parse_s3_uri("s3://team-data-example-edu/docs/index.html")
}

# team-data-example-edu and docs/index.html
output "source" {
  value = "${local.source.bucket} and ${local.source.key}"
}

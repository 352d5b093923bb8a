module "publisher" {
  source   = "../github-publisher"
  for_each = { news = "example-library/news", maps = "example-library/maps" }

  bucket     = "${each.key}-example-edu"
  repository = each.value
}

output "roles" {
  value = { for name, publisher in module.publisher : name => publisher.role_arn }
}

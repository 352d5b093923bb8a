resource "spinup_website" "docs" {
  domain = "docs.example.edu"
}

data "spinup_website" "docs" {
  domain = spinup_website.docs.id
}

output "leads_to" {
  value = data.spinup_website.docs.distribution_domain_name
}

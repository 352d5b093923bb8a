# The websites of one application.
data "spinup_websites" "application" {
  tags = {
    Application = "team-site"
  }
}

output "domains" {
  value = data.spinup_websites.application.domains
}

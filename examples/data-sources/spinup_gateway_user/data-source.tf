provider "spinup" {
  platform = "versitygw"
}

resource "spinup_gateway_user" "scanner" {
  access_key = "scanner"
  secret     = {}
}

data "spinup_gateway_user" "scanner" {
  access_key = spinup_gateway_user.scanner.access_key
}

output "role_of_scanner" {
  value = data.spinup_gateway_user.scanner.role
}

provider "spinup" {
  platform = "versitygw"
}

data "spinup_gateway_users" "admins" {
  role = "admin"
}

output "who_may_do_everything" {
  value = data.spinup_gateway_users.admins.users[*].access_key
}

provider "spinup" {
  platform = "versitygw" # the endpoint and root's credentials are in the environment
}

# A user whose secret is generated, and in state.
resource "spinup_gateway_user" "backup" {
  access_key = "backup"
  secret     = { rotation = "2026-11" }
}

# A user that may create buckets. Its secret comes from elsewhere and is in neither state nor plan.
variable "lab_secret" {
  type      = string
  default   = "change-me-soon"
  ephemeral = true
}

resource "spinup_gateway_user" "lab" {
  access_key        = "lab"
  secret_wo         = var.lab_secret
  secret_wo_version = "1"
  role              = "userplus"
  user_id           = 1001
  group_id          = 1001
}

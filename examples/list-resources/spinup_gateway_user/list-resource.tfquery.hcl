list "spinup_gateway_user" "all" {
  provider         = spinup
  include_resource = true
}

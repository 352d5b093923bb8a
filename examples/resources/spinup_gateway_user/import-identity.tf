import {
  to       = spinup_gateway_user.lab
  identity = { access_key = "lab" }
}

import {
  to = spinup_gateway_user.lab
  id = "lab"
}

# The id is the access key.
terraform import spinup_gateway_user.lab lab

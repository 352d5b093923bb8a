# The campus reads and writes, everybody else who has the rights may read from the partner's network only.
resource "spinup_bucket" "results" {
  name = "lab-results-example-edu"

  ip_access = {
    read_write = ["198.51.100.0/24", "2001:db8:40::/48"]
    read_only  = ["203.0.113.0/25"]

    # Machines in the cloud come through this endpoint, and a role of the replication from AWS's own network.
    vpc_endpoint_ids      = ["vpce-0123456789abcdef0"]
    exempt_principal_arns = ["arn:aws:iam::111122223333:role/lab-replication"]

    # The address from which this runs is in none of the lists, and that is meant so.
    allow_lockout = true
  }
}

# Everybody may read these files, only the campus may change them.
resource "spinup_bucket" "downloads" {
  name          = "lab-downloads-example-edu"
  public_access = "read"

  ip_access = {
    read_write    = ["198.51.100.0/24"]
    read_only     = ["0.0.0.0/0", "::/0"]
    allow_lockout = true
  }
}

terraform {
  required_providers {
    spinup = { source = "spinup-dev/spinup" }
  }
}

output "text" {
  value = provider::spinup::cyberduck_bookmark("lab-data.example.edu", null)
}

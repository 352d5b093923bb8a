# What `make install-check` plans: a module that needs the provider, beside another provider and a backend.
terraform {
  required_providers {
    spinup = { source = "spinup-dev/spinup" }
  }
  backend "local" {}
}

module "bookmark" {
  source = "./bookmark"
}

resource "terraform_data" "bookmark" {
  input = module.bookmark.text
}

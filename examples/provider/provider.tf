terraform {
  required_providers {
    spinup = {
      source  = "spinup-dev/spinup"
      version = "~> 0.1.0"
    }
  }
}

provider "spinup" {
  region = "us-east-1"

  # Everything made here carries these tags, and spinup:org = "library".
  org = "library"
  default_tags = {
    cost-centre = "4711"
  }

  # Tags that another tool owns: never shown, never removed.
  ignore_tags = {
    key_prefixes = ["backup:"]
  }
}

# The buckets of the benchmark as spinup makes them. Region, keys and endpoint come from the environment.
terraform {
  required_providers {
    spinup = {
      source = "spinup-dev/spinup"
    }
  }
}

variable "buckets" {
  type = number
}

variable "rules" {
  type = number
}

variable "sites" {
  type = number
}

variable "generation" {
  type    = string
  default = "a"
}

provider "spinup" {}

resource "spinup_bucket" "this" {
  count         = var.buckets
  name          = "bench-spinup-${count.index}"
  versioning    = true
  access_levels = ["admin"]

  tags = {
    Application = "bench"
    Generation  = var.generation
  }
}

resource "spinup_lifecycle_rule" "this" {
  count           = var.buckets * var.rules
  bucket          = spinup_bucket.this[floor(count.index / var.rules)].name
  name            = "rule-${count.index % var.rules}"
  expiration_days = var.generation == "a" ? 30 : 31
}

resource "spinup_website" "this" {
  count  = var.sites
  domain = "www${count.index}.bench.example.edu"

  tags = {
    Application = "bench"
    Generation  = var.generation
  }
}

terraform {
  required_providers {
    spinup = {
      source  = "spinup-dev/spinup"
      version = "~> 0.1.0"
    }
  }
}

variable "bucket" {
  description = "Name of the bucket. Names are shared by all users of the store."
  type        = string
}

variable "endpoint" {
  description = "The store's S3 endpoint."
  type        = string
  default     = "https://storage.yandexcloud.net"
}

variable "region" {
  description = "The region that requests are signed for."
  type        = string
  default     = "ru-central1"
}

# The static access key is in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
provider "spinup" {
  platform  = "yandex"
  region    = var.region
  endpoints = { s3 = var.endpoint }
}

# Steps 1 and 6: an apply creates the bucket, a destroy deletes it.
resource "spinup_bucket" "sample" {
  name = var.bucket
}

# Steps 2 to 5, with curl: spinup manages buckets, and leaves objects to other tools. The key stays in the environment.
locals {
  curl = join(" ", [
    "curl --silent --show-error --fail", "--user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\"",
    "--aws-sigv4 aws:amz:${var.region}:s3", "--header x-amz-content-sha256:UNSIGNED-PAYLOAD",
  ])
  url = "${var.endpoint}/${spinup_bucket.sample.name}"
}

resource "terraform_data" "object" {
  input = {
    curl = local.curl
    url  = "${local.url}/new-prefix/sample-object.txt"
  }

  # Step 2: upload an object.
  provisioner "local-exec" {
    command = "${self.input.curl} --upload-file '${path.module}/sample.txt' '${self.input.url}'"
  }

  # Step 3: list the objects.
  provisioner "local-exec" {
    command = "${self.input.curl} '${local.url}?list-type=2'"
  }

  # Step 4: download the object.
  provisioner "local-exec" {
    command = "${self.input.curl} --output '${path.module}/downloaded.txt' '${self.input.url}'"
  }

  # Step 5: a destroy deletes the object, and then the bucket.
  provisioner "local-exec" {
    when    = destroy
    command = "${self.input.curl} --request DELETE '${self.input.url}'"
  }
}

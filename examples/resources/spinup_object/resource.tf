resource "spinup_bucket" "site" {
  name = "survey-example-edu"
}

# A file. Its SHA-256 is in the plan, and its type follows from the key.
resource "spinup_object" "page" {
  bucket        = spinup_bucket.site.name
  key           = "docs/settings.tf.txt"
  source        = "${path.module}/main.tf"
  cache_control = "no-cache"
  tags          = { project = "soil survey" }
}

# A text that Terraform makes.
resource "spinup_object" "settings" {
  bucket  = spinup_bucket.site.name
  key     = "settings.json"
  content = jsonencode({ title = "Soil survey" })
}

# A secret that is in neither state nor plan. Another version sends another value.
variable "upload_token" {
  type      = string
  ephemeral = true
  default   = "set me with TF_VAR_upload_token"
}

resource "spinup_object" "token" {
  bucket             = spinup_bucket.site.name
  key                = "private/token"
  content_wo         = var.upload_token
  content_wo_version = "1"
  encryption         = { algorithm = "AES256" }
}

# A copy that the store makes by itself, in a cheaper storage class.
resource "spinup_object" "archive" {
  bucket        = spinup_bucket.site.name
  key           = "archive/2026/settings.json"
  copy_from     = { bucket = spinup_bucket.site.name, key = spinup_object.settings.key }
  storage_class = "GLACIER_IR"
  metadata      = { station = "north ridge" }
}

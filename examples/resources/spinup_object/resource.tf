resource "spinup_bucket" "site" {
  name       = "survey-example-edu"
  versioning = true
}

# A file. Its SHA-256 is in the plan, and its type follows from the key.
resource "spinup_object" "page" {
  bucket        = spinup_bucket.site.name
  key           = "index.html"
  source        = "${path.module}/index.html"
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
}

resource "spinup_object" "token" {
  bucket             = spinup_bucket.site.name
  key                = "private/token"
  content_wo         = var.upload_token
  content_wo_version = "1"
  encryption         = { algorithm = "aws:kms" }
}

# A copy that the store makes by itself, and that outlives this configuration.
resource "spinup_object" "archive" {
  bucket        = spinup_bucket.site.name
  key           = "archive/2026/samples.csv"
  copy_from     = { bucket = "survey-incoming-example-edu", key = "samples.csv" }
  storage_class = "GLACIER_IR"
  metadata      = { station = "north ridge" }
  retain        = true
}

# A site. Something has built it into the folder "public" before Terraform plans.
resource "spinup_website" "handbook" {
  domain = "handbook.example.edu"
}

resource "spinup_directory" "handbook" {
  bucket       = spinup_website.handbook.bucket_name
  source       = "${path.module}/public"
  max_removals = 50

  invalidate = {
    distribution_id = spinup_website.handbook.distribution_id
  }
}

# Forms below a prefix of a bucket, with headers of their own. What is removed here is removed there at once.
resource "spinup_bucket" "files" {
  name = "files-example-edu"
}

resource "spinup_directory" "forms" {
  bucket = spinup_bucket.files.name
  prefix = "forms/"
  source = "${path.module}/forms"

  cache_control = [
    { match = "archive/", value = "public, max-age=31536000" },
    { match = "**", value = "public, max-age=300" },
  ]
  content_types = {
    "*.bib" = "application/x-bibtex; charset=utf-8"
  }
  headers = [
    { match = "*.bib", content_disposition = "attachment", content_language = "en" },
    { match = "archive/", metadata = { office = "registrar" } },
  ]
  keep_removed = { "for" = "0s" } # in quotes: Terraform takes a bare "for" for an expression
}

# A data set beside them. Every refresh compares the checksum and the headers of each object.
resource "spinup_directory" "soil" {
  bucket        = spinup_bucket.files.name
  prefix        = "soil-survey/2026/"
  source        = "${path.module}/soil"
  include       = ["*.csv", "README.txt"]
  storage_class = "STANDARD_IA"
  part_size     = 67108864 # 64 MiB
  verify        = "deep"
}

output "published" {
  value = "${spinup_directory.handbook.files} files, ${spinup_directory.handbook.digest}"
}

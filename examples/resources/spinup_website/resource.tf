# https://www.example.edu from a private bucket. The account has the public hosted zone example.edu; the certificate is
# found or requested there, and the records are made in it.
resource "spinup_website" "www" {
  domain           = "www.example.edu"
  aliases          = ["web.example.edu"]
  redirect_domains = ["example.edu"]
  error_document   = "404.html"

  tags = {
    Application = "www"
  }
}

# An application that tells paths apart in the browser. Whoever raises the version drops the old one from the caches.
resource "spinup_website" "app" {
  domain          = "app.example.edu"
  single_page_app = true
  access_levels   = ["admin", "read_write"]

  invalidation = {
    trigger = "v1"
  }
}

# May upload to the site and refresh its caches.
resource "spinup_bucket_user" "publisher" {
  bucket    = spinup_website.www.bucket_name
  name      = "www-example-edu-publisher"
  access    = "admin"
  web_admin = true

  depends_on = [spinup_website.www]
}

output "url" {
  value = spinup_website.www.url
}

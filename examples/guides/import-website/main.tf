# A site as YaleSpinup's s3-api made it. Its tag spinup:org comes from the provider's `org`.
resource "spinup_website" "www" {
  domain = "www.example.edu"

  tags = {
    Application = "legacy"
  }

  # What the service set otherwise, or not at all.
  origin_access    = "website_endpoint"
  cache_policy     = "legacy"
  response_headers = "none"
  minimum_tls      = "TLSv1.1_2016"
  http_version     = "http2"
  ipv6             = false # it made A records only
}

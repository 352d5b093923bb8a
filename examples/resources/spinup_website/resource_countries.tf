# A site for two countries only, for browsers with TLS 1.3, in more of CloudFront's locations.
resource "spinup_website" "tickets" {
  domain      = "tickets.example.edu"
  minimum_tls = "TLSv1.3_2025"
  price_class = "PriceClass_200"

  geo_restriction = {
    type      = "whitelist"
    locations = ["CA", "US"]
  }
}

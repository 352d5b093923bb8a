# A site whose names are in a DNS other than Route 53. The certificate, in us-east-1, covers them and is issued.
variable "certificate_arn" {
  type        = string
  description = "ARN of the certificate in ACM."
}

resource "spinup_website" "exhibition" {
  domain          = "exhibition.example.edu"
  dns             = false
  certificate_arn = var.certificate_arn
}

output "records" {
  description = "What to write into the other DNS."
  value       = spinup_website.exhibition.dns_records
}

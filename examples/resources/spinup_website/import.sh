# The id is the domain, or the id of the CloudFront distribution. Everything else is found from it.
terraform import spinup_website.www www.example.edu

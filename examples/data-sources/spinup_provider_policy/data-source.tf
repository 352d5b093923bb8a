# For a CI job that plans buckets and users of one team.
data "spinup_provider_policy" "plan" {
  mode         = "plan"
  resources    = ["spinup_bucket", "spinup_bucket_user"]
  bucket_names = ["library-*"]
  user_names   = ["library-*"]
}

# One managed policy for each document.
output "documents" {
  value = data.spinup_provider_policy.plan.documents
}

# Who am I? Fails with one clear error when the provider cannot reach AWS.
data "spinup_account" "current" {}

output "account" {
  value = "${data.spinup_account.current.account_id} in ${data.spinup_account.current.region}"
}

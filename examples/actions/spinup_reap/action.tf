# terraform apply -invoke=action.spinup_reap.sites
action "spinup_reap" "sites" {}

data "spinup_orphans" "all" {}

output "left" {
  value = [for one in data.spinup_orphans.all.orphans : "${one.kind} ${one.id}: ${one.way_out}"]
}

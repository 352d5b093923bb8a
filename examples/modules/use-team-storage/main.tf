module "storage" {
  source   = "../team-storage"
  for_each = toset(["maps", "music"])

  team = each.key
}

output "readers" {
  value = { for team, storage in module.storage : team => storage.groups["read_only"] }
}

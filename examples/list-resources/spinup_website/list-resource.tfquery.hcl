list "spinup_website" "all" {
  provider         = spinup
  include_resource = true

  config {
    name_regex = "[.]example[.]edu$"
  }
}

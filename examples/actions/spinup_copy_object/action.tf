# Makes an old version the current one again: terraform apply -invoke=action.spinup_copy_object.restore
action "spinup_copy_object" "restore" {
  config {
    source = {
      bucket     = "library-data"
      key        = "catalogue.csv"
      version_id = "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY"
    }
    destination = {
      bucket = "library-data"
      key    = "catalogue.csv"
    }
    overwrite = true
  }
}

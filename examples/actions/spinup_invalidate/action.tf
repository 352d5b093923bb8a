# The pages of a site are written by something else than Terraform, and a change of the redirects makes them stale.
action "spinup_invalidate" "pages" {
  config {
    domain = "www.example.edu"
    paths  = ["/docs/*", "/index.html"]
  }
}

resource "spinup_object" "redirects" {
  bucket = "www.example.edu"
  key    = "redirects.json"
  source = "redirects.json"

  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.spinup_invalidate.pages]
    }
  }
}

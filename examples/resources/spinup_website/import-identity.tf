import {
  to = spinup_website.www
  identity = {
    domain = "www.example.edu"
  }
}

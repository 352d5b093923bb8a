import {
  to = spinup_website.www
  id = "www.example.edu"
}

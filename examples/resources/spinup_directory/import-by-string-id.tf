import {
  to = spinup_directory.forms
  id = "files-example-edu/forms/"
}

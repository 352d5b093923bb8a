import {
  to = spinup_directory.forms
  identity = {
    bucket     = "files-example-edu"
    prefix     = "forms/"
    region     = "us-east-1"
    account_id = "111122223333"
  }
}

# One line for each attribute that somebody has changed. It names them, and prints no values: some may be secrets.
.resource_drift[]?
| .address as $address
| .change as {$before, $after}
| if $after == null then "\($address): gone"
  else ($before | keys[]) as $name
    | select($before[$name] != $after[$name])
    | "\($address): \($name)"
  end

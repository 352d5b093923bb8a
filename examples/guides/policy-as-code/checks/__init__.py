# Checkov looks for checks in folders with this file only.

package spinup_test

import data.spinup

plan(type, after) := {"resource_changes": [{
	"address": sprintf("%s.it", [type]), "type": type, "mode": "managed",
	"change": {"actions": ["create"], "after": after},
}]}

good := {"public_access": "none", "require_tls": true, "object_ownership": "BucketOwnerEnforced"}

test_good if {
	count(spinup.deny) == 0 with input as plan("spinup_bucket", good)
}

test_public if {
	every value in ["read", "read_list", "unblocked", "mixed", null] {
		count(spinup.deny) == 1 with input as plan("spinup_bucket", object.union(good, {"public_access": value}))
	}
}

test_unknown if {
	refused := spinup.deny with input as plan("spinup_bucket", object.remove(good, ["require_tls"]))
	refused == {"spinup_bucket.it: require_tls is not known before the apply, allowed is true"}
}

test_destroyed if {
	count(spinup.deny) == 0 with input as plan("spinup_bucket", null)
}

test_secret if {
	every key in [{}, {"store": null}, {"store": {"state": true, "pgp_key": null}}] {
		count(spinup.deny) == 1 with input as plan("spinup_bucket_user", {"access_key": key})
	}
	every key in [null, {"store": {"state": null, "ssm_parameter": "/a"}}] {
		count(spinup.deny) == 0 with input as plan("spinup_bucket_user", {"access_key": key})
	}
}

test_others if {
	count(spinup.deny) == 0 with input as plan("spinup_object", {"key": "a"})
}

# Refuses what may not be, in a plan as `terraform show -json` prints it.
package spinup

# What will be there when the plan has been carried out, changed by it or not. What is imported is among it.
after contains change if {
	some change in input.resource_changes
	change.mode == "managed"
	change.change.after != null
}

# A rule in one table: the types that it is about, the attribute, and the values that are allowed.
rules := [
	{"types": {"spinup_bucket"}, "attribute": "public_access", "allowed": {"none"}},
	{"types": {"spinup_bucket"}, "attribute": "require_tls", "allowed": {true}},
	{"types": {"spinup_bucket"}, "attribute": "object_ownership", "allowed": {"BucketOwnerEnforced"}},
	{"types": {"spinup_website"}, "attribute": "origin_access", "allowed": {"private"}},
	{"types": {"spinup_website"}, "attribute": "minimum_tls", "allowed": {"TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"}},
]

# The provider plans its defaults, so an attribute without a value is one that nobody knows yet: it is refused, too.
deny contains message if {
	some change in after
	some rule in rules
	change.type in rule.types
	value := object.get(change.change.after, rule.attribute, null)
	not value in rule.allowed
	message := sprintf("%s: %s is %v, allowed is %s", [
		change.address, rule.attribute, shown(value), concat(" or ", {sprintf("%v", [v]) | some v in rule.allowed}),
	])
}

# A secret that is kept nowhere else is kept in state, where everybody sees it who can read state.
deny contains message if {
	some change in after
	change.type == "spinup_bucket_user"
	key := object.get(change.change.after, "access_key", null)
	key != null
	not elsewhere(key)
	message := sprintf("%s: the secret of its access key is kept in state", [change.address])
}

elsewhere(key) if {
	some place in ["pgp_key", "ssm_parameter", "secretsmanager_secret"]
	is_string(key.store[place])
}

shown(null) := "not known before the apply"

shown(value) := value if value != null

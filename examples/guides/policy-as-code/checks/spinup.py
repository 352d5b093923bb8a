"""Checks of spinup's resources for Checkov, in configurations and in plans."""

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck


class Allowed(BaseResourceCheck):
    """Passes if an attribute has one of the allowed values.

    An attribute that a configuration leaves out has the provider's default, which is allowed. In a plan it has a value,
    or one that nobody knows before the apply. That is none of the allowed ones.
    """

    def __init__(self, check_id, resource, attribute, allowed):
        super().__init__(
            name=f"{attribute} of {resource} is {' or '.join(map(str, allowed))}",
            id=check_id,
            categories=[CheckCategories.GENERAL_SECURITY],
            supported_resources=[resource],
        )
        self.attribute, self.allowed = attribute, allowed

    def scan_resource_conf(self, conf):
        if self.attribute not in conf:
            return CheckResult.PASSED
        return CheckResult.PASSED if first(conf[self.attribute]) in self.allowed else CheckResult.FAILED

    def get_evaluated_keys(self):
        return [self.attribute]


class SecretNotInState(BaseResourceCheck):
    """Passes if a user has no access key, or one whose secret is kept elsewhere than in state."""

    def __init__(self):
        super().__init__(
            name="The secret of an access key is not kept in state",
            id="CKV_SPINUP_6",
            categories=[CheckCategories.SECRETS],
            supported_resources=["spinup_bucket_user"],
        )

    def scan_resource_conf(self, conf):
        key = first(conf.get("access_key"))
        if not key:
            return CheckResult.PASSED
        store = first(key.get("store")) or {}
        places = [name for name, value in store.items() if name != "state" and first(value)]
        return CheckResult.PASSED if places else CheckResult.FAILED


def first(value):
    """What Checkov has put into a list of one."""
    return value[0] if isinstance(value, list) and value else value


Allowed("CKV_SPINUP_1", "spinup_bucket", "public_access", ["none"])
Allowed("CKV_SPINUP_2", "spinup_bucket", "require_tls", [True])
Allowed("CKV_SPINUP_3", "spinup_bucket", "object_ownership", ["BucketOwnerEnforced"])
Allowed("CKV_SPINUP_4", "spinup_website", "origin_access", ["private"])
Allowed("CKV_SPINUP_5", "spinup_website", "minimum_tls", ["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"])
SecretNotInState()

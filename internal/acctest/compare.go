package acctest

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Pace is the pace of tests: everything waits as on AWS, a thousand times faster.
func Pace() awsclient.Pace {
	return awsclient.Pace{
		MinBackoff: time.Millisecond, MaxBackoff: 20 * time.Millisecond,
		PollMin: time.Millisecond, PollMax: 50 * time.Millisecond,
		Consistency: 3 * time.Second, Rescue: 10 * time.Second, FirstAnswer: 10 * time.Second, DialTimeout: time.Second,
		DeployMin: 50 * time.Millisecond, DeployMax: time.Second, Deployment: time.Minute, Report: time.Minute,
		Gather: 60 * time.Millisecond, Gap: 50 * time.Millisecond, Share: 100 * time.Millisecond,
	}
}

// changed names the keys whose values differ, or will be known only after apply.
func changed(before, after, unknown map[string]any) []string {
	all := maps.Clone(before)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, after)
	maps.Copy(all, unknown)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(name string) bool {
		return reflect.DeepEqual(before[name], after[name]) && !hasUnknown(unknown[name])
	})
}

// hasUnknown looks for a true anywhere in Terraform's after_unknown.
func hasUnknown(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case []any:
		return slices.ContainsFunc(v, hasUnknown)
	case map[string]any:
		for _, one := range v {
			if hasUnknown(one) {
				return true
			}
		}
	}
	return false
}

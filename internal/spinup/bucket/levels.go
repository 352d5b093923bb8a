package bucket

import (
	"slices"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// level is the part of one access level.
func (b bucket) level(l access.Level) part {
	spec := func(s Spec, _ *Status) access.Spec {
		level := s.Level(l)
		level.ReadAll = s.ReadAll && b.conn.Platform.Has(awsclient.Groups)
		return level
	}
	return reconcile.Lift(access.ByGroup(b.conn), spec, func(o *Status) *access.Status { return o.Level(l) })
}

// Level is what the bucket wants of one access level.
func (s Spec) Level(l access.Level) access.Spec {
	return access.Spec{
		Name: s.Name, Level: l, Document: access.Document(s.Partition, s.Name, l),
		Accepts: func(document string) bool { return access.Accepts(s.Partition, s.Name, l, document) },
		Wanted:  slices.Contains(s.Levels, l), ReadAll: s.ReadAll, Optional: true,
		GroupARN: s.GroupARNs[l], PolicyARN: s.PolicyARNs[l], Partition: s.Partition, AccountID: s.AccountID, Path: s.IAMPath,
	}
}

package website

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// ErrNoZone means that no public hosted zone contains a name.
var ErrNoZone = errors.New("no public hosted zone of the account contains it")

// holds reports whether the name is the zone's own or below it.
func (z Zone) holds(name string) bool { return name == z.Name || strings.HasSuffix(name, "."+z.Name) }

// zones finds the zone of each name: the one that the spec names if it contains the name, else the public zone with the
// longest name that does.
func (w website) zones(ctx context.Context, want wish, names []string) (map[string]Zone, error) {
	s, before := want.Want, want.Before()
	found := map[string]Zone{}
	if before.DNS && before.ZoneID != "" && s.ZoneID == before.ZoneID && len(names) == 1 && names[0] == s.Domain {
		found[s.Domain] = Zone{ID: s.ZoneID} // an earlier run checked that it contains the domain
		return found, nil
	}
	var public []Zone
	if s.ZoneID != "" {
		out, err := w.GetHostedZone(ctx, &route53.GetHostedZoneInput{Id: &s.ZoneID})
		if err != nil {
			return nil, err
		}
		given := zoneOf(*out.HostedZone)
		if !given.holds(s.Domain) {
			return nil, fmt.Errorf("the hosted zone %s is %s, which does not contain %s", given.ID, given.Name, s.Domain)
		}
		public = append(public, given)
	}
	for _, name := range names {
		zone, ok := longest(public, name)
		if !ok && (s.ZoneID == "" && len(public) == 0 || s.ZoneID != "" && len(public) == 1) {
			all, err := w.publicZones(ctx)
			if err != nil {
				return nil, err
			}
			public = append(public, all...)
			zone, ok = longest(public, name)
		}
		if !ok {
			return nil, fmt.Errorf("%s: %w; create one, or set dns = false and create the records in dns_records yourself",
				name, ErrNoZone)
		}
		found[name] = zone
	}
	return found, nil
}

// longest is the zone with the longest name that contains name.
func longest(zones []Zone, name string) (best Zone, ok bool) {
	for _, z := range zones {
		if z.holds(name) && len(z.Name) > len(best.Name) {
			best, ok = z, true
		}
	}
	return best, ok
}

func zoneOf(z types.HostedZone) Zone {
	return Zone{ID: strings.TrimPrefix(aws.ToString(z.Id), "/hostedzone/"), Name: hostName(aws.ToString(z.Name))}
}

func (w website) publicZones(ctx context.Context) ([]Zone, error) {
	var all []Zone
	in := &route53.ListHostedZonesInput{}
	for {
		out, err := w.ListHostedZones(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, z := range out.HostedZones {
			if z.Config == nil || !z.Config.PrivateZone {
				all = append(all, zoneOf(z))
			}
		}
		if !out.IsTruncated {
			return all, nil
		}
		in.Marker = out.NextMarker
	}
}

// hostName is the usual form of a name: Route 53 ends names with a dot and writes an asterisk as \052.
func hostName(name string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimSuffix(name, "."), `\052`, "*"))
}

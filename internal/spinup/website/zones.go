package website

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// ErrNoZone means that no public hosted zone contains a name.
var ErrNoZone = errors.New("no public hosted zone of the account contains it")

// holds reports whether the name is the zone's own or below it.
func (z Zone) holds(name string) bool { return name == z.Name || strings.HasSuffix(name, "."+z.Name) }

// places are the public hosted zones that names belong to.
type places struct {
	of  map[string][]Zone // by name; several are zones of one name
	err error             // why the zone that the spec names is no place for them
}

// zone is the zone of a name, or the reason why there is none.
func (p places) zone(name string) (Zone, error) {
	found := p.of[name]
	switch {
	case p.err != nil:
		return Zone{}, p.err
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0:
		return Zone{}, fmt.Errorf("%s: %w; create one, or set dns = false and create the records in dns_records yourself",
			name, ErrNoZone)
	}
	ids := make([]string, len(found))
	for i, z := range found {
		ids[i] = z.ID
	}
	return Zone{}, fmt.Errorf("%s: the account has several public hosted zones of the name %s, %s: set hosted_zone_id to "+
		"the one that the domain is delegated to", name, found[0].Name, strings.Join(ids, ", "))
}

// zones finds the zone of each name: the one that the spec names if it contains the name, else the public zone with the
// longest name that does. That a name has none, or several, is no failure of the look. Of a spec that was applied it is
// known that its zone contains the domain.
func (w website) zones(ctx context.Context, s Spec, applied bool, names []string) (places, error) {
	found := places{of: map[string][]Zone{}}
	outside := func(name string) bool { return !(Zone{Name: s.Domain}).holds(name) }
	if applied && s.ZoneID != "" && !slices.ContainsFunc(names, outside) {
		for _, name := range names {
			found.of[name] = []Zone{{ID: s.ZoneID}}
		}
		return found, nil
	}
	var given, public []Zone
	if s.ZoneID != "" {
		out, err := w.GetHostedZone(ctx, &route53.GetHostedZoneInput{Id: &s.ZoneID})
		if awsclient.IsNotFound(err) {
			found.err = fmt.Errorf("%w: there is no such zone, set hosted_zone_id to one that contains %s or leave it out",
				err, s.Domain)
			return found, nil
		}
		if err != nil {
			return found, err
		}
		zone := zoneOf(*out.HostedZone)
		if !zone.holds(s.Domain) {
			found.err = fmt.Errorf("the hosted zone %s is %s, which does not contain %s", zone.ID, zone.Name, s.Domain)
			return found, nil
		}
		given = append(given, zone)
	}
	for _, name := range names {
		zones := longest(given, name)
		if len(zones) == 0 && public == nil {
			all, err := w.publicZones(ctx)
			if err != nil {
				return found, err
			}
			public = all
		}
		if len(zones) == 0 {
			zones = longest(public, name)
		}
		found.of[name] = zones
	}
	return found, nil
}

// elsewhere are the account's other public zones that contain the names. State knows one zone; a move from another one
// may have been cut short.
func (w website) elsewhere(ctx context.Context, names []string, known ...places) (places, error) {
	found := places{of: map[string][]Zone{}}
	public, err := w.publicZones(ctx)
	for _, name := range names {
		for _, z := range public {
			looked := slices.ContainsFunc(known, func(p places) bool {
				return slices.ContainsFunc(p.of[name], func(seen Zone) bool { return seen.ID == z.ID })
			})
			if z.holds(name) && !looked {
				found.of[name] = append(found.of[name], z)
			}
		}
	}
	return found, err
}

// longest are the zones with the longest name that contains name.
func longest(zones []Zone, name string) (best []Zone) {
	for _, z := range zones {
		switch {
		case !z.holds(name):
		case len(best) == 0 || len(z.Name) > len(best[0].Name):
			best = []Zone{z}
		case z.Name == best[0].Name:
			best = append(best, z)
		}
	}
	return best
}

func zoneOf(z types.HostedZone) Zone {
	return Zone{ID: strings.TrimPrefix(aws.ToString(z.Id), "/hostedzone/"), Name: hostName(aws.ToString(z.Name))}
}

func (w website) publicZones(ctx context.Context) ([]Zone, error) {
	all := []Zone{}
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

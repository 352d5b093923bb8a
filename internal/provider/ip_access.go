package provider

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

type ipAccessModel struct {
	ReadWrite    types.Set  `tfsdk:"read_write"`
	ReadOnly     types.Set  `tfsdk:"read_only"`
	Endpoints    types.Set  `tfsdk:"vpc_endpoint_ids"`
	Exempt       types.Set  `tfsdk:"exempt_principal_arns"`
	AllowLockout types.Bool `tfsdk:"allow_lockout"`
}

func ipAccessSchema() schema.Attribute {
	list := func(description string, rule validator.String) schema.Attribute {
		return schema.SetAttribute{
			Optional: true, ElementType: types.StringType, MarkdownDescription: description,
			Validators: []validator.Set{setvalidator.ValueStringsAre(rule)},
		}
	}
	return schema.SingleNestedAttribute{
		CustomType: fwtypes.NewObjectType[ipAccessModel](),
		Optional:   true,
		MarkdownDescription: "From where the objects of the bucket may be used: two statements of the bucket policy deny " +
			"everything else, to everybody. They allow nothing to anybody, and say nothing about the settings of the " +
			"bucket, which Terraform can change from anywhere. At least one of `read_write`, `read_only` and " +
			"`vpc_endpoint_ids` must name something. On AWS, calls that AWS's services make for themselves (CloudFront with " +
			"origin access control, the delivery of logs) or for a user are not denied; a role that a service uses, such as " +
			"that of a replication, is: name it in `exempt_principal_arns`. After a change the run looks at the bucket for " +
			"five seconds; if it may not any more, the former statements are put back and the apply fails. The guide " +
			"\"IP lists\" has more. Default: none, and statements with the Sids `SpinupIpRead` and `SpinupIpWrite` are left " +
			"alone.",
		Attributes: map[string]schema.Attribute{
			"read_write": list("Networks that may read, list and write objects, in CIDR notation, IPv4 or IPv6: a single "+
				"address is `203.0.113.7/32`. `0.0.0.0/0` and `::/0` are not allowed. Without any, no network may write.",
				fwtypes.Network()),
			"read_only": list("Networks that may read and list objects only, in the same notation. `0.0.0.0/0` and `::/0`, "+
				"with nothing beside them, let every public address read. Default: none.", fwtypes.Network()),
			"vpc_endpoint_ids": list("VPC endpoints of AWS through which objects may be read, listed and written, such as "+
				"`vpce-0123456789abcdef0`. Requests through an endpoint have no public address, so no network lets "+
				"them in. Default: none.",
				fwtypes.VPCEndpointID()),
			"exempt_principal_arns": list("Principals of AWS that may come from everywhere: ARNs of roles, users, or the root "+
				"of an account, in which `*` and `?` may stand behind the account. A role's ARN stands for its sessions. "+
				"Default: none.",
				fwtypes.PrincipalARN()),
			"allow_lockout": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the lists may keep out the run that sets them, which is then not asked. " +
					"Default `false`.",
			},
		},
	}
}

func ipAccessDataSchema() dataschema.Attribute {
	return dataschema.SingleNestedAttribute{
		CustomType: fwtypes.NewObjectType[ipAccessModel](),
		Computed:   true,
		MarkdownDescription: "From where spinup's statements in the bucket policy let the objects be used; null without " +
			"them. If they were changed so that no lists would say the same, everything in it is null.",
		Attributes: map[string]dataschema.Attribute{
			"read_write":            dataTexts("Networks that may read, list and write objects."),
			"read_only":             dataTexts("Networks that may read and list objects only."),
			"vpc_endpoint_ids":      dataTexts("VPC endpoints through which objects may be used."),
			"exempt_principal_arns": dataTexts("Principals that may come from everywhere."),
			"allow_lockout":         dataFlag("Null: it is about the run that sets the lists, not about the bucket."),
		},
	}
}

// spec is what it asks for. What is null asks for nothing.
func (m ipAccessModel) spec() *bucket.IPAccess {
	return &bucket.IPAccess{
		ReadWrite: networksIn(m.ReadWrite), ReadOnly: networksIn(m.ReadOnly), Endpoints: textsOf(m.Endpoints),
		Exempt: textsOf(m.Exempt), AllowLockout: m.AllowLockout.ValueBool(),
	}
}

// networksIn are the networks of a set in the form in which policies have them, sorted.
func networksIn(set types.Set) []string {
	all := textsOf(set)
	for i, text := range all {
		if network, err := netip.ParsePrefix(text); err == nil {
			all[i] = network.String()
		}
	}
	slices.Sort(all)
	return all
}

// fillIPAccess records the lists that were seen, in the words in which they are written where those mean the same.
func (m *bucketFacts) fillIPAccess(
	ctx context.Context, w reconcile.Wish[bucketSpec], have bucketStatus, diags *diag.Diagnostics,
) {
	seen := have.IPAccess(w)
	if seen == nil {
		m.IPAccess = fwtypes.ObjectNull[ipAccessModel]()
		return
	}
	was := m.IPAccess.Get(ctx, diags)
	list := func(written types.Set, seen []string) types.Set {
		seen = slices.Sorted(slices.Values(seen))
		if slices.Equal(networksIn(written), seen) {
			return written
		}
		return stringSet(seen)
	}
	m.IPAccess = fwtypes.ObjectFrom(ctx, ipAccessModel{
		ReadWrite: list(was.ReadWrite, seen.ReadWrite), ReadOnly: list(was.ReadOnly, seen.ReadOnly),
		Endpoints: list(was.Endpoints, seen.Endpoints), Exempt: list(was.Exempt, seen.Exempt),
		AllowLockout: was.AllowLockout,
	}, diags)
}

// warnShut says that this run is kept out, which neither a plan nor an apply of other settings would show.
func (m *bucketSettings) warnShut(ctx context.Context, have bucketStatus, diags *diag.Diagnostics) {
	if have.Root == nil || !have.Root.Shut || m.IPAccess.Get(ctx, diags).AllowLockout.ValueBool() {
		return
	}
	diags.AddAttributeWarning(path.Root("ip_access"), "This run is kept out", "ip_access of the bucket keeps this run "+
		"from using the objects. Its settings can be read and changed nevertheless: to let this run in, add its public "+
		"address to ip_access and apply. Where the configuration has objects or directories of the bucket as well, they "+
		"cannot be read before: apply with -target and the address of this resource. If the run is to be kept out, set "+
		"ip_access.allow_lockout to true.")
}

// checkIPAccess refuses lists that let nobody in, let everybody in, or say something twice.
func (m *bucketSettings) checkIPAccess(ctx context.Context, diags *diag.Diagnostics) {
	if m.IPAccess.IsNull() || m.IPAccess.IsUnknown() {
		return
	}
	a := m.IPAccess.Get(ctx, diags)
	refuse := func(list, text string, values ...any) {
		at := path.Root("ip_access")
		if list != "" {
			at = at.AtName(list)
		}
		diags.AddAttributeError(at, "Invalid IP lists", fmt.Sprintf(at.String()+" "+text, values...))
	}
	if known(a.ReadWrite) && known(a.ReadOnly) && known(a.Endpoints) && a.spec().Empty() {
		refuse("", "names neither a network nor a VPC endpoint, so nobody could use the objects. Set at least one of "+
			"read_write, read_only and vpc_endpoint_ids, or leave ip_access out.")
	}
	written := map[string]string{} // by the network
	for _, list := range []struct {
		name string
		set  types.Set
	}{{"read_write", a.ReadWrite}, {"read_only", a.ReadOnly}} {
		var all, whole []string
		for _, text := range textsOf(list.set) {
			network, err := netip.ParsePrefix(text)
			if err != nil {
				continue // the validator of the elements reports it
			}
			if other, twice := written[network.String()]; twice {
				refuse(list.name, "has %q, which %s has already. Write each network once; one that may write may read.", text,
					other)
			}
			written[network.String()] = fmt.Sprintf("ip_access.%s, as %q,", list.name, text)
			all = append(all, text)
			if network.Bits() == 0 {
				whole = append(whole, text)
			}
		}
		switch {
		case len(whole) == 0:
		case list.name == "read_write":
			refuse(list.name, "has %q, with which everybody may write. Name the networks that may, or leave ip_access out.",
				whole[0])
		case len(all) > len(whole):
			refuse(list.name, "has %q beside other networks, which then mean nothing. Leave those out, or %[1]q.", whole[0])
		}
	}
}

// privateNetworks are addresses that never arrive at AWS.
func privateNetworks() []netip.Prefix {
	var all []netip.Prefix
	for _, text := range []string{
		"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7",
		"fe80::/10", "::1/128",
	} {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// warnIPAccess tells of lists that do not do what they seem to.
func (m *bucketSettings) warnIPAccess(ctx context.Context, data *providerData, diags *diag.Diagnostics) {
	if m.IPAccess.IsNull() || m.IPAccess.IsUnknown() || data.isUnknown("platform") {
		return
	}
	if data.platform.PolicyOfStrangers {
		diags.AddAttributeWarning(path.Root("ip_access"), "IP lists for anonymous requests only", fmt.Sprintf(
			"A store of platform %q asks the policy of a bucket for anonymous requests only. There, ip_access keeps out "+
				"nobody who has an access key.", data.platform.Name))
	}
	if !data.platform.AWSEndpoints {
		return
	}
	a := m.IPAccess.Get(ctx, diags)
	var private []string
	for _, text := range slices.Concat(textsOf(a.ReadWrite), textsOf(a.ReadOnly)) {
		network, err := netip.ParsePrefix(text)
		if err == nil && slices.ContainsFunc(privateNetworks(), func(p netip.Prefix) bool {
			return p.Overlaps(network) && p.Bits() <= network.Bits()
		}) {
			private = append(private, text)
		}
	}
	if len(private) > 0 {
		diags.AddAttributeWarning(path.Root("ip_access"), "Private networks in IP lists", fmt.Sprintf(
			"ip_access has %s, and no request arrives at S3 from there: one through a VPC endpoint has no address, so name the "+
				"endpoint in vpc_endpoint_ids; one through a NAT gateway has the public address of that.",
			strings.Join(private, ", ")))
	}
}

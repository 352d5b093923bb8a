package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/names"
)

type (
	bucketSpec   = bucket.Spec
	bucketStatus = bucket.Status

	bucketEnvelope = envelope[bucketModel, bucketSpec, bucketStatus, *bucketModel]
)

// bucketModel is spinup_bucket as Terraform sees it.
type bucketModel struct {
	bucketFacts
	NamePrefix       types.String   `tfsdk:"name_prefix"`
	ForceDestroy     types.Bool     `tfsdk:"force_destroy"`
	BypassGovernance types.Bool     `tfsdk:"bypass_governance"`
	Timeouts         timeouts.Value `tfsdk:"timeouts"`
}

// bucketFacts are the attributes that resource and data source share.
type bucketFacts struct {
	bucketSettings
	ID                types.String                       `tfsdk:"id"`
	Name              types.String                       `tfsdk:"name"`
	Region            types.String                       `tfsdk:"region"`
	ObjectOwnership   types.String                       `tfsdk:"object_ownership"`
	PublicAccess      types.String                       `tfsdk:"public_access"`
	PublicAccessBlock fwtypes.ObjectOf[publicBlockModel] `tfsdk:"public_access_block"`
	ObjectLock        fwtypes.ObjectOf[objectLockModel]  `tfsdk:"object_lock"`
	Owner             types.String                       `tfsdk:"owner"`
	Policy            fwtypes.PolicyValue                `tfsdk:"policy"`
	ARN               types.String                       `tfsdk:"arn"`
	AccountID         types.String                       `tfsdk:"account_id"`
	DomainName        types.String                       `tfsdk:"domain_name"`
	RegionalDomain    types.String                       `tfsdk:"regional_domain_name"`
	HostedZoneID      types.String                       `tfsdk:"hosted_zone_id"`
}

// bucketSettings are the attributes that a website has as well.
type bucketSettings struct {
	Tags            types.Map                         `tfsdk:"tags"`
	TagsAll         types.Map                         `tfsdk:"tags_all"`
	Versioning      types.Bool                        `tfsdk:"versioning"`
	Encryption      fwtypes.ObjectOf[encryptionModel] `tfsdk:"encryption"`
	RequireTLS      types.Bool                        `tfsdk:"require_tls"`
	AccessLog       fwtypes.ObjectOf[accessLogModel]  `tfsdk:"access_log"`
	IPAccess        fwtypes.ObjectOf[ipAccessModel]   `tfsdk:"ip_access"`
	LifecyclePreset types.String                      `tfsdk:"lifecycle_preset"`
	CORSRules       types.List                        `tfsdk:"cors_rules"`
	AccessLevels    types.Set                         `tfsdk:"access_levels"`
	Groups          types.Map                         `tfsdk:"groups"`
}

// bucketIdentity tells one bucket from every other.
type bucketIdentity struct {
	Name      types.String `tfsdk:"name"`
	Region    types.String `tfsdk:"region"`
	AccountID types.String `tfsdk:"account_id"`
}

type encryptionModel struct {
	Algorithm types.String `tfsdk:"algorithm"`
	KMSKeyARN types.String `tfsdk:"kms_key_arn"`
	BucketKey types.Bool   `tfsdk:"bucket_key"`
}

type accessLogModel struct {
	Bucket types.String `tfsdk:"bucket"`
	Prefix types.String `tfsdk:"prefix"`
}

type levelModel struct {
	GroupName      types.String `tfsdk:"group_name"`
	GroupARN       types.String `tfsdk:"group_arn"`
	PolicyName     types.String `tfsdk:"policy_name"`
	PolicyARN      types.String `tfsdk:"policy_arn"`
	PolicyDocument types.String `tfsdk:"policy_document"`
}

func (m *bucketModel) importID() string       { return m.Name.ValueString() }
func (m *bucketModel) limits() timeouts.Value { return m.Timeouts }
func (m *bucketModel) identify() any          { return bucketIdentity{m.Name, m.Region, m.AccountID} }

// importing reports whether the model is the stub that an import begins with: every bucket in state has an ARN.
func (m *bucketModel) importing() bool { return m.ARN.IsNull() }

func (m *bucketModel) locate(ctx context.Context, conn *awsclient.Conn) (bool, error) {
	if !m.importing() {
		return true, nil
	}
	if err := names.CheckBucket(m.Name.ValueString()); err != nil {
		return false, err // from the import id, which no schema checked
	}
	from := conn.Region
	if !m.Region.IsNull() {
		from = m.Region.ValueString()
	}
	region, exists, err := bucket.Locate(ctx, conn, m.Name.ValueString(), from)
	if err == nil && exists {
		err = m.checkIdentity(region, conn.AccountID)
	}
	m.Region = types.StringValue(region)
	no := types.BoolValue(false)
	m.ForceDestroy, m.BypassGovernance = pick(m.ForceDestroy, no), no
	return exists, err
}

// checkIdentity returns an error if the imported identity names another region or account.
func (m *bucketModel) checkIdentity(region, accountID string) error {
	name := m.Name.ValueString()
	if wanted := m.Region.ValueString(); wanted != "" && wanted != region {
		return fmt.Errorf("the bucket %s is in the region %s, not in %s", name, region, wanted)
	}
	if wanted := m.AccountID.ValueString(); wanted != "" && accountID != "" && wanted != accountID {
		return fmt.Errorf("the bucket %s was looked for in the account %s, not in %s", name, accountID, wanted)
	}
	return nil
}

// resolve has every default of the resource.
func (m *bucketModel) resolve(ctx context.Context, r turn[bucketModel]) (diags diag.Diagnostics) {
	m.resolveName(r)
	m.ForceDestroy = pick(r.config.ForceDestroy, types.BoolValue(false))
	m.BypassGovernance = pick(r.config.BypassGovernance, types.BoolValue(false))
	if r.prior != nil && !m.Policy.IsUnknown() &&
		awspolicy.Equivalent(m.Policy.ValueString(), r.prior.Policy.ValueString()) {
		m.Policy = r.prior.Policy // the same policy written differently is no change
	}
	m.resolveSettings(ctx, r, &diags)
	m.resolveEncryption(ctx, r, &diags)
	m.resolveAccessLog(ctx, r, &diags)
	m.TagsAll = r.data.tagsAll(m.Tags)
	m.resolveComputed(ctx, r, &diags)
	if !r.applying {
		m.checkWholePolicy(ctx, r.data, &diags)
		r.data.checkStore(&diags, r.config.asks(ctx, &diags)...)
	}
	return diags
}

// checkWholePolicy refuses what S3 would refuse of the user's statements together with the provider's own.
func (m *bucketModel) checkWholePolicy(ctx context.Context, data *providerData, diags *diag.Diagnostics) {
	if m.Policy.IsUnknown() || m.Name.IsUnknown() || !fullyKnown(ctx, m.IPAccess) {
		return
	}
	whole := bucket.Spec{
		Name: m.Name.ValueString(), Partition: data.partition, Statements: statementsOf(m.Policy, diags),
		RequireTLS: m.RequireTLS.ValueBool(), PublicAccess: m.PublicAccess.ValueString(),
		Block: blockOf(ctx, m.PublicAccessBlock, diags), BindsOwner: data.platform.PolicyBindsOwner,
		NetworkKeys: data.platform.Has(awsclient.NetworkKeys),
	}
	longest := "policy"
	if !m.IPAccess.IsNull() {
		whole.IPAccess = m.IPAccess.Get(ctx, diags).spec()
		longest = "ip_access"
	}
	if size := whole.PolicySize(); size > bucket.MaxPolicy {
		diags.AddAttributeError(path.Root(longest), "Invalid policy", fmt.Sprintf(
			"The bucket policy would have %d bytes with the statements of require_tls, public_access, ip_access and policy, "+
				"want at most %d.", size, bucket.MaxPolicy))
	}
	if whole.Block == nil || !whole.Block.PublicPolicy || !data.platform.Has(awsclient.PublicAccessBlock) {
		return
	}
	for _, statement := range whole.Statements {
		if statement.Public() {
			refuser, out := "public_access is \"none\"", "set public_access to \"unblocked\""
			if whole.PublicAccess != bucket.PublicNone {
				refuser, out = "public_access_block.block_public_policy is true", "set that to false"
			}
			diags.AddAttributeError(path.Root("policy"), "Invalid policy", fmt.Sprintf(
				"policy has the statement %s, which allows everybody something, and %s, with which S3 refuses it. Limit its "+
					"Principal or Condition, or %s.", statement.Label(), refuser, out))
		}
	}
}

func (m *bucketModel) resolveName(r turn[bucketModel]) {
	m.Name = r.config.Name
	if m.Name.IsNull() || m.Name.IsUnknown() && r.applying {
		prefix := r.config.NamePrefix
		switch {
		case r.prior != nil && strings.HasPrefix(r.prior.Name.ValueString(), prefix.ValueString()):
			m.Name = r.prior.Name
		case r.applying:
			m.Name = types.StringValue(names.NewBucket(prefix.ValueString()))
		default:
			m.Name = types.StringUnknown()
		}
	}
	m.ID = m.Name
}

func (m *bucketModel) resolveSettings(ctx context.Context, r turn[bucketModel], diags *diag.Diagnostics) {
	region := types.StringValue(r.data.region)
	switch {
	case r.prior != nil:
		region = r.prior.Region
	case r.data.region == "":
		region = types.StringUnknown()
	}
	m.Region = pick(r.config.Region, region)

	platform, text := r.data.platform, types.StringUnknown()
	tls, ownership, public, levels := types.BoolUnknown(), text, text, types.SetUnknown(types.StringType)
	versioning := types.BoolUnknown()
	if !r.data.isUnknown("platform") {
		versioning = types.BoolNull()
		if platform.Has(awsclient.Versioning) {
			versioning = types.BoolValue(false)
		}
		tls = types.BoolValue(platform.RequireTLS)
		ownership = supported(platform.Has(awsclient.Ownership), "BucketOwnerEnforced")
		public = supported(platform.Has(awsclient.PublicAccessBlock), bucket.PublicNone)
		levels = levelSet(nil)
		if platform.Has(awsclient.Groups) {
			levels = levelSet([]access.Level{access.Admin})
		}
	}
	if r.prior != nil { // what an import saw, and what asks for nothing
		versioning = kept(versioning, r.prior.Versioning, !r.prior.Versioning.ValueBool())
		ownership = kept(ownership, r.prior.ObjectOwnership, true)
		public = kept(public, r.prior.PublicAccess, r.prior.PublicAccess.ValueString() == bucket.PublicNone)
	}
	m.resolveObjectLock(ctx, r, versioning, diags)
	m.RequireTLS = pick(r.config.RequireTLS, tls)
	owner := types.StringNull() // whoever made it
	if r.prior != nil {
		owner = r.prior.Owner
	}
	m.Owner = pick(r.config.Owner, owner)
	m.ObjectOwnership = pick(r.config.ObjectOwnership, ownership)
	m.resolvePublicAccess(ctx, r, public, diags)
	m.AccessLevels = pick(r.config.AccessLevels, levels)
}

// kept is the default of an attribute, or, if a platform leaves the attribute alone, what state has, if that is
// harmless: it asks for nothing, or is nothing that could be taken away.
func kept[T attr.Value](otherwise, prior T, harmless bool) T {
	if otherwise.IsNull() && harmless {
		return prior
	}
	return otherwise
}

func levelSet(levels []access.Level) types.Set {
	values := make([]attr.Value, len(levels))
	for i, l := range levels {
		values[i] = types.StringValue(string(l))
	}
	return types.SetValueMust(types.StringType, values)
}

func (m *bucketModel) resolveEncryption(ctx context.Context, r turn[bucketModel], diags *diag.Diagnostics) {
	config := r.config.Encryption
	switch {
	case config.IsUnknown():
		return
	case config.IsNull() && r.data.isUnknown("platform"):
		m.Encryption = fwtypes.ObjectUnknown[encryptionModel]()
		return
	case config.IsNull() && !r.data.platform.Has(awsclient.Encryption):
		m.Encryption = fwtypes.ObjectNull[encryptionModel]()
		if r.prior != nil {
			m.Encryption = r.prior.Encryption
		}
		return
	}
	m.Encryption = fwtypes.ObjectFrom(ctx, config.Get(ctx, diags).resolved(), diags)
}

// resolved is the encryption with its defaults.
func (e encryptionModel) resolved() encryptionModel {
	switch {
	case !e.Algorithm.IsNull():
	case e.KMSKeyARN.IsUnknown(): // it may turn out to be null
		e.Algorithm = types.StringUnknown()
	case e.KMSKeyARN.IsNull():
		e.Algorithm = types.StringValue("AES256")
	default:
		e.Algorithm = types.StringValue("aws:kms")
	}
	if e.BucketKey.IsNull() {
		e.BucketKey = types.BoolValue(e.Algorithm.ValueString() == "aws:kms")
		if e.Algorithm.IsUnknown() {
			e.BucketKey = types.BoolUnknown()
		}
	}
	return e
}

func (m *bucketModel) resolveAccessLog(ctx context.Context, r turn[bucketModel], diags *diag.Diagnostics) {
	config, fallback := r.config.AccessLog, r.data.accessLog
	log := config.Get(ctx, diags)
	prefix := "" // comes before the bucket's name
	switch {
	case config.IsUnknown():
		return
	case !config.IsNull():
	case r.data.isUnknown("access_log"), fallback != nil && r.config.Name.IsUnknown():
		m.AccessLog = fwtypes.ObjectUnknown[accessLogModel]()
		return
	case fallback == nil || fallback.bucket == m.Name.ValueString(): // the log of the log bucket would grow for ever
		m.AccessLog = fwtypes.ObjectNull[accessLogModel]()
		return
	default:
		log.Bucket, prefix = types.StringValue(fallback.bucket), fallback.prefix
	}
	if log.Prefix.IsNull() {
		log.Prefix = types.StringUnknown()
		if !m.Name.IsUnknown() {
			log.Prefix = types.StringValue(bucket.LogPrefix(prefix, m.Name.ValueString()))
		}
	}
	m.AccessLog = fwtypes.ObjectFrom(ctx, log, diags)
}

func (m *bucketModel) resolveComputed(ctx context.Context, r turn[bucketModel], diags *diag.Diagnostics) {
	partition, unknown := r.data.partition, types.StringUnknown()
	m.ARN, m.DomainName, m.RegionalDomain, m.HostedZoneID = unknown, unknown, unknown, unknown
	m.AccountID = accountOf(r.home)
	if r.prior != nil {
		m.AccountID = r.prior.AccountID
	}
	switch prior := r.prior; {
	case prior != nil && m.Name.Equal(prior.Name) && m.Region.Equal(prior.Region):
		m.ARN, m.HostedZoneID = prior.ARN, prior.HostedZoneID
		m.DomainName, m.RegionalDomain = prior.DomainName, prior.RegionalDomain
		partition = partOf(prior.ARN, 1)
	case !m.Name.IsUnknown() && !m.Region.IsUnknown() && partition != "":
		m.setNames(partition, r.data.platform)
	}
	m.resolveGroups(ctx, r, partition, diags)
}

// accountOf is the account of the connection; null where the store has none, unknown without a connection.
func accountOf(home *awsclient.Conn) types.String {
	if home == nil {
		return types.StringUnknown()
	}
	return optional(home.AccountID)
}

// iamARN is the ARN that IAM will give a new object, such as group/name below the provider's iam_path.
func (s session) iamARN(partition string, account types.String, kind, name string) types.String {
	open := s.data.isUnknown("platform", "iam_path")
	if open || !s.data.platform.RoleARNs || account.ValueString() == "" || partition == "" {
		return types.StringUnknown()
	}
	return types.StringValue("arn:" + partition + ":iam::" + account.ValueString() + ":" + kind + s.data.iamPath + name)
}

// partOf is a part of an ARN: 1 is its partition, 4 its account. It is "" when there is none.
func partOf(arn types.String, n int) string {
	parts := strings.SplitN(arn.ValueString(), ":", 6)
	if len(parts) <= n {
		return ""
	}
	return parts[n]
}

// setNames sets what follows from name and region alone.
func (m *bucketFacts) setNames(partition string, platform awsclient.Platform) {
	name, region := m.Name.ValueString(), m.Region.ValueString()
	m.ARN = types.StringValue("arn:" + partition + ":s3:::" + name)
	m.DomainName, m.RegionalDomain, m.HostedZoneID = types.StringNull(), types.StringNull(), types.StringNull()
	if platform.HostNames {
		m.DomainName = types.StringValue(bucket.DomainName(name, partition))
		m.RegionalDomain = types.StringValue(bucket.RegionalDomainName(name, region, partition))
		m.HostedZoneID = optional(bucket.HostedZoneID(region))
	}
}

func (m *bucketModel) resolveGroups(
	ctx context.Context, r turn[bucketModel], partition string, diags *diag.Diagnostics,
) {
	levels, known := levelsOf(m.AccessLevels)
	if !r.applying {
		promised := levels
		if !known {
			promised = access.Levels()
		}
		r.data.promise(m.Name.ValueString(), promised...)
	}
	if !known || m.Name.IsUnknown() || partition == "" {
		m.Groups = types.MapUnknown(elementType[levelModel]())
		return
	}
	name := m.Name.ValueString()
	var before map[string]levelModel
	if r.prior != nil {
		before = groupsOf(ctx, r.prior.Groups, diags)
	}
	groups := map[string]levelModel{}
	for _, l := range levels {
		groups[string(l)] = r.plannedLevel(partition, m.AccountID, name, l, before[string(l)])
	}
	m.Groups = groupMap(ctx, groups, diags)
}

// plannedLevel is what a level will be; its document is the one that spinup writes.
func (s session) plannedLevel(
	partition string, account types.String, name string, l access.Level, was levelModel,
) levelModel {
	group, policy := access.GroupName(name, l), access.PolicyName(name, l)
	if was.GroupARN.IsNull() {
		was.GroupARN = s.iamARN(partition, account, "group", group)
	}
	if was.PolicyARN.IsNull() {
		was.PolicyARN = s.iamARN(partition, account, "policy", policy)
	}
	return levelModel{
		GroupName: types.StringValue(group), GroupARN: was.GroupARN,
		PolicyName: types.StringValue(policy), PolicyARN: was.PolicyARN,
		PolicyDocument: types.StringNull(),
	}
}

// hideDocuments leaves out the documents that are as spinup writes them: they would be most of every plan, and follow
// from the rest. Wanted gives what is wanted of a level.
func (m *bucketSettings) hideDocuments(
	ctx context.Context, wanted func(access.Level) access.Spec, diags *diag.Diagnostics,
) {
	groups := groupsOf(ctx, m.Groups, diags)
	for l, g := range groups {
		if wanted(access.Level(l)).Fits(g.PolicyDocument.ValueString()) {
			g.PolicyDocument = types.StringNull()
			groups[l] = g
		}
	}
	m.Groups = groupMap(ctx, groups, diags)
}

func groupMap(ctx context.Context, groups map[string]levelModel, diags *diag.Diagnostics) types.Map {
	value, d := types.MapValueFrom(ctx, elementType[levelModel](), groups)
	diags.Append(d...)
	return value
}

func groupsOf(ctx context.Context, groups types.Map, diags *diag.Diagnostics) map[string]levelModel {
	all := map[string]levelModel{}
	if !groups.IsNull() && !groups.IsUnknown() {
		diags.Append(groups.ElementsAs(ctx, &all, false)...)
	}
	return all
}

// levelsOf gives the levels in their own order, and reports whether all are known.
func levelsOf(set types.Set) (levels []access.Level, known bool) {
	if set.IsUnknown() {
		return nil, false
	}
	for _, value := range set.Elements() {
		text, ok := value.(types.String)
		if !ok || text.IsUnknown() {
			return nil, false
		}
		levels = append(levels, access.Level(text.ValueString()))
	}
	slices.SortFunc(levels, func(x, y access.Level) int {
		return slices.Index(access.Levels(), x) - slices.Index(access.Levels(), y)
	})
	return levels, true
}

func (m *bucketModel) spec(
	ctx context.Context, s session,
) (spec bucketSpec, diags diag.Diagnostics) {
	spec = bucketSpec{
		Name:         m.Name.ValueString(),
		Region:       m.Region.ValueString(),
		Partition:    s.conn.Partition,
		AccountID:    s.conn.AccountID,
		Tags:         map[string]string{},
		IgnoreTag:    s.data.ignoreTags,
		Versioning:   m.Versioning.ValueBoolPointer(),
		Owner:        m.Owner.ValueString(),
		Ownership:    m.ObjectOwnership.ValueString(),
		PublicAccess: m.PublicAccess.ValueString(),
		RequireTLS:   m.RequireTLS.ValueBool(),
		BindsOwner:   s.conn.Platform.PolicyBindsOwner,
		NetworkKeys:  s.conn.Platform.Has(awsclient.NetworkKeys),
		Preset:       bucket.Preset(m.LifecyclePreset.ValueString()),
		IAMPath:      s.data.iamPath,
		ForceDestroy: m.ForceDestroy.ValueBool(), BypassGovernance: m.BypassGovernance.ValueBool(),
		ReadAll: m.importing(),
	}
	if !m.TagsAll.IsNull() {
		diags.Append(m.TagsAll.ElementsAs(ctx, &spec.Tags, false)...)
	}
	if !m.Encryption.IsNull() {
		e := m.Encryption.Get(ctx, &diags)
		spec.Encryption = &bucket.Encryption{
			Algorithm: e.Algorithm.ValueString(), KMSKeyARN: e.KMSKeyARN.ValueString(), BucketKey: e.BucketKey.ValueBool(),
		}
	}
	if !m.AccessLog.IsNull() {
		log := m.AccessLog.Get(ctx, &diags)
		spec.AccessLog = &bucket.AccessLog{Bucket: log.Bucket.ValueString(), Prefix: log.Prefix.ValueString()}
	}
	spec.Lock = m.lock(ctx, &diags)
	spec.CORS, spec.Block = m.cors(ctx, &diags), blockOf(ctx, m.PublicAccessBlock, &diags)
	if !m.IPAccess.IsNull() {
		spec.IPAccess = m.IPAccess.Get(ctx, &diags).spec()
	}
	spec.Statements = statementsOf(m.Policy, &diags)
	spec.Levels, _ = levelsOf(m.AccessLevels)
	spec.GroupARNs, spec.PolicyARNs = map[access.Level]string{}, map[access.Level]string{}
	for l, group := range groupsOf(ctx, m.Groups, &diags) {
		spec.GroupARNs[access.Level(l)] = group.GroupARN.ValueString()
		spec.PolicyARNs[access.Level(l)] = group.PolicyARN.ValueString()
	}
	for _, l := range spec.Levels {
		if s.conn.AccountID == "" && spec.PolicyARNs[l] == "" {
			diags.AddAttributeError(path.Root("access_levels"), "Account id not known", fmt.Sprintf("access_levels has %q, but "+
				"the account id is not known, without which the IAM policy cannot be found again. Set the provider's "+
				"skip_requesting_account_id to false, or access_levels to [].", l))
		}
	}
	return spec, diags
}

// statementsOf are the user's own statements.
func statementsOf(policy fwtypes.PolicyValue, diags *diag.Diagnostics) []awspolicy.Statement {
	if policy.IsNull() || policy.IsUnknown() {
		return nil
	}
	doc, err := awspolicy.Read(policy.ValueString()) // in state it may be as others left it
	if err != nil {
		diags.AddAttributeError(path.Root("policy"), "Invalid policy", err.Error())
	}
	return doc.Statements
}

func (m *bucketModel) fill(
	ctx context.Context, t turn[bucketModel], w reconcile.Wish[bucketSpec], have bucketStatus,
) diag.Diagnostics {
	if m.BypassGovernance.IsNull() { // state is of a version that did not have it
		m.BypassGovernance = types.BoolValue(false)
	}
	planned := m.Owner
	diags := m.bucketFacts.fill(ctx, t.session, w, have)
	m.hideDocuments(ctx, w.Want.Level, &diags)
	if t.applying && w.Prior != nil && w.Want.Owner == w.Prior.Owner {
		m.Owner = planned // what was given away since the refresh shows at the next one
	}
	if !t.applying {
		m.warnShut(ctx, have, &diags)
	}
	return diags
}

// fill records what was seen. What was not looked at, or is not there, is null.
func (m *bucketFacts) fill(
	ctx context.Context, s session, w reconcile.Wish[bucketSpec], have bucketStatus,
) (diags diag.Diagnostics) {
	want := w.Want
	m.ID, m.Name = types.StringValue(want.Name), types.StringValue(want.Name)
	m.Region = types.StringValue(want.Region)
	if have.Root != nil {
		m.Region = types.StringValue(have.Root.Region)
	}
	m.AccountID = optional(s.conn.AccountID)
	m.setNames(s.conn.Partition, s.conn.Platform)

	m.Tags, m.TagsAll = s.data.splitTags(want.OwnTags(have.Tags), m.Tags, want.ReadAll)
	m.Versioning = types.BoolNull()
	if have.Versioning != nil {
		m.Versioning = types.BoolValue(*have.Versioning == "Enabled")
	}
	m.ObjectOwnership = types.StringPointerValue(have.Ownership)
	m.PublicAccess, m.PublicAccessBlock = optional(have.PublicAccess(want)), blockSeen(ctx, have.Block, &diags)
	m.ObjectLock = lockSeen(ctx, want, have.Lock, &diags)
	m.Owner = optional(have.Owner)
	strict := want
	strict.RequireTLS = true
	m.RequireTLS = types.BoolValue(have.Shows(strict, bucket.AttributeTLS))
	m.Encryption = fwtypes.ObjectNull[encryptionModel]()
	if e := have.Encryption; e != nil {
		m.Encryption = fwtypes.ObjectFrom(ctx, encryptionModel{
			types.StringValue(e.Algorithm), optional(e.KMSKeyARN), types.BoolValue(e.BucketKey),
		}, &diags)
	}
	m.AccessLog = fwtypes.ObjectNull[accessLogModel]()
	if log := have.Log; log != nil {
		m.AccessLog = fwtypes.ObjectFrom(ctx, accessLogModel{
			types.StringValue(log.Bucket), types.StringValue(log.Prefix),
		}, &diags)
	}
	m.LifecyclePreset = optional(have.LifecyclePreset(w))
	m.fillCORS(ctx, have.CORSRules(w), &diags)
	m.fillIPAccess(ctx, w, have, &diags)
	m.fillPolicy(w, have)
	m.fillLevels(ctx, want, have, &diags)
	return diags
}

// fillPolicy records the user's statements as they are now, as the user wrote them where that means the same.
func (m *bucketFacts) fillPolicy(w reconcile.Wish[bucketSpec], have bucketStatus) {
	if have.Policy == nil {
		m.Policy = fwtypes.PolicyNull()
		return
	}
	seen := have.UserStatements(w)
	switch {
	case seen.Empty():
		m.Policy = fwtypes.PolicyNull()
	case !awspolicy.Equivalent(seen.String(), m.Policy.ValueString()):
		m.Policy = fwtypes.NewPolicy(seen.String())
	}
}

func (m *bucketFacts) fillLevels(ctx context.Context, want bucketSpec, have bucketStatus, diags *diag.Diagnostics) {
	var levels []access.Level
	groups := map[string]levelModel{}
	for _, l := range access.Levels() {
		seen := have.Level(l)
		if !seen.Exists() {
			continue
		}
		levels = append(levels, l)
		groups[string(l)] = levelSeen(want.Level(l), *seen)
	}
	m.AccessLevels = levelSet(levels)
	m.Groups = groupMap(ctx, groups, diags)
}

// levelSeen is what was seen of a level.
func levelSeen(want access.Spec, seen access.Status) (g levelModel) {
	if seen.Group != nil {
		g.GroupName = types.StringValue(access.GroupName(want.Name, want.Level))
		g.GroupARN = optional(seen.Group.ARN)
	}
	if seen.Policy != nil {
		g.PolicyARN = types.StringValue(seen.Policy.ARN)
		g.PolicyDocument = types.StringValue(want.Text(seen.Policy.Document))
		// A policy that is not attached to the group is no part of the level.
		if seen.Group == nil || seen.Group.Attached {
			g.PolicyName = types.StringValue(access.PolicyName(want.Name, want.Level))
		}
	}
	return g
}

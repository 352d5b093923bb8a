package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketuser"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/secretstore"
)

// bucketUserModel is spinup_bucket_user as Terraform sees it.
type bucketUserModel struct {
	ID                  types.String                     `tfsdk:"id"`
	Bucket              types.String                     `tfsdk:"bucket"`
	Name                types.String                     `tfsdk:"name"`
	Access              types.String                     `tfsdk:"access"`
	WebAdmin            types.Bool                       `tfsdk:"web_admin"`
	Path                types.String                     `tfsdk:"path"`
	Grant               types.String                     `tfsdk:"grant"`
	PermissionsBoundary types.String                     `tfsdk:"permissions_boundary"`
	Tags                types.Map                        `tfsdk:"tags"`
	TagsAll             types.Map                        `tfsdk:"tags_all"`
	AccessKey           fwtypes.ObjectOf[accessKeyModel] `tfsdk:"access_key"`
	ARN                 types.String                     `tfsdk:"arn"`
	UniqueID            types.String                     `tfsdk:"unique_id"`
	Groups              types.Set                        `tfsdk:"groups"`
	ForceDestroy        types.Bool                       `tfsdk:"force_destroy"`
	Timeouts            timeouts.Value                   `tfsdk:"timeouts"`
}

// bucketUserIdentity tells one user from every other.
type bucketUserIdentity struct {
	Bucket types.String `tfsdk:"bucket"`
	Name   types.String `tfsdk:"name"`
}

type accessKeyModel struct {
	Rotation          types.String                    `tfsdk:"rotation"`
	Overlap           types.String                    `tfsdk:"overlap"`
	Active            types.Bool                      `tfsdk:"active"`
	Store             fwtypes.ObjectOf[keyStoreModel] `tfsdk:"store"`
	ID                types.String                    `tfsdk:"id"`
	CreatedAt         types.String                    `tfsdk:"created_at"`
	PreviousID        types.String                    `tfsdk:"previous_id"`
	PreviousExpiresAt types.String                    `tfsdk:"previous_expires_at"`
	Secret            types.String                    `tfsdk:"secret"`
	EncryptedSecret   types.String                    `tfsdk:"encrypted_secret"`
	StoredAt          types.String                    `tfsdk:"stored_at"`
}

func (m *bucketUserModel) importID() string {
	return m.Bucket.ValueString() + "/" + m.Name.ValueString()
}
func (m *bucketUserModel) limits() timeouts.Value { return m.Timeouts }
func (m *bucketUserModel) identify() any          { return bucketUserIdentity{m.Bucket, m.Name} }

// importing reports whether the model is the stub that an import begins with: every user in state has an id.
func (m *bucketUserModel) importing() bool { return m.ID.IsNull() }

// lost reports whether state knows that there is no user, but something that outlived it.
func (m *bucketUserModel) lost() bool { return !m.importing() && m.ARN.IsNull() }

func (m *bucketUserModel) locate(context.Context, *awsclient.Conn) (bool, error) {
	if m.importing() {
		m.ForceDestroy = types.BoolValue(true)
	}
	return true, nil
}

// accessKey is the configured or recorded key; nil for none.
func (m *bucketUserModel) accessKey(ctx context.Context, diags *diag.Diagnostics) *accessKeyModel {
	if m.AccessKey.IsNull() || m.AccessKey.IsUnknown() {
		return nil
	}
	key := m.AccessKey.Get(ctx, diags)
	return &key
}

// store is where secrets go.
func (k *accessKeyModel) store(ctx context.Context, diags *diag.Diagnostics) secretstore.Store {
	return storeIn(ctx, k.Store, diags)
}

// storeUnknown reports whether it is not known yet where secrets go.
func (k *accessKeyModel) storeUnknown(ctx context.Context, diags *diag.Diagnostics) bool {
	return storeIsUnknown(ctx, k.Store, diags)
}

// overlap is how long the previous key stays.
func (k *accessKeyModel) overlap() time.Duration {
	d, err := time.ParseDuration(k.Overlap.ValueString())
	if err != nil {
		return 0 // unset; the schema refuses anything else
	}
	return d
}

// imported reports whether the key was imported: its secret is nowhere.
func (k *accessKeyModel) imported() bool {
	return k.Secret.IsNull() && k.EncryptedSecret.IsNull() && k.StoredAt.IsNull()
}

func (m *bucketUserModel) resolve(ctx context.Context, r turn[bucketUserModel]) (diags diag.Diagnostics) {
	m.WebAdmin = pick(r.config.WebAdmin, types.BoolValue(false))
	grant := defaultGrant(r.data)
	certain := r.data.platform.Has(awsclient.Groups) || r.data.platform.Lacks(awsclient.Groups)
	if r.prior != nil && !r.prior.Grant.IsNull() && !certain {
		grant = r.prior.Grant // what the store may or may not have, it had
	}
	m.Grant = pick(r.config.Grant, grant)
	if !r.applying {
		r.config.checkPlatform(r.data, &diags)
	}
	m.ForceDestroy = pick(r.config.ForceDestroy, types.BoolValue(true))
	m.PermissionsBoundary = r.data.boundary(r.config.PermissionsBoundary)
	m.TagsAll = r.data.tagsAll(m.Tags)
	m.ID = types.StringUnknown()
	if !m.Bucket.IsUnknown() && !m.Name.IsUnknown() {
		m.ID = types.StringValue(m.importID())
	}
	m.ARN, m.UniqueID = types.StringUnknown(), types.StringUnknown()
	if r.prior != nil && !m.Bucket.Equal(r.prior.Bucket) && !r.applying {
		// Replaced: Terraform plans the new user as if there were none, and the old one is gone by then.
		r.data.foundInState("bucket_user", m.importID())
	}
	if r.prior != nil {
		m.UniqueID = found(r.prior.UniqueID)
		if m.Name.Equal(r.prior.Name) { // the name is part of the ARN
			m.ARN = found(r.prior.ARN)
		}
	}
	m.resolveGroups()
	m.resolveKey(ctx, r, &diags)
	return diags
}

// The ways in which access is granted.
const (
	byGroup  = "group"
	byPolicy = "inline"
)

// defaultGrant is by the bucket's group where the store has groups.
func defaultGrant(data *providerData) types.String {
	switch {
	case data.isUnknown("platform"):
		return types.StringUnknown()
	case data.platform.Has(awsclient.Groups):
		return types.StringValue(byGroup)
	}
	return types.StringValue(byPolicy)
}

func (m *bucketUserModel) resolveGroups() {
	m.Groups = types.SetUnknown(types.StringType)
	if m.Bucket.IsUnknown() || m.Access.IsUnknown() || m.Path.IsUnknown() || m.Grant.IsUnknown() ||
		m.WebAdmin.IsUnknown() {
		return
	}
	m.Groups = stringSet(m.grants().Groups())
}

// grants is the part of the spec about how the user gets its access.
func (m *bucketUserModel) grants() bucketuser.Spec {
	return bucketuser.Spec{
		Bucket:   m.Bucket.ValueString(),
		Access:   access.Level(m.Access.ValueString()),
		WebAdmin: m.WebAdmin.ValueBool(),
		Path:     prefixOf(m.Path),
		Inline:   m.Grant.ValueString() == byPolicy,
	}
}

// resolveKey decides, when planning, whether there will be a new key and whether the overlap of the previous one is
// over. An apply does what was planned, however late it runs.
func (m *bucketUserModel) resolveKey(ctx context.Context, r turn[bucketUserModel], diags *diag.Diagnostics) {
	was := formerKey(ctx, r, diags)
	key := r.config.accessKey(ctx, diags)
	if key == nil {
		m.AccessKey = r.config.AccessKey
		return
	}
	key.Active = pick(key.Active, types.BoolValue(true))
	if key.renews(ctx, was, diags) {
		key.planNew(ctx, was, diags)
	} else {
		key.planKept(was)
		key.planStore(ctx, was, diags)
	}
	m.AccessKey = fwtypes.ObjectFrom(ctx, *key, diags)
}

// formerKey is the key that state holds; nil for none.
func formerKey(ctx context.Context, t turn[bucketUserModel], diags *diag.Diagnostics) *accessKeyModel {
	if t.prior == nil {
		return nil
	}
	return t.prior.accessKey(ctx, diags)
}

// renews reports whether the plan needs a new key: there is none, or rotation or store have changed. A key that was
// imported is not replaced just because rotation is set for the first time.
func (k *accessKeyModel) renews(ctx context.Context, was *accessKeyModel, diags *diag.Diagnostics) bool {
	switch {
	case was == nil || was.ID.IsNull():
		return true
	case was.imported() && was.Rotation.IsNull():
		return false
	}
	return !k.Rotation.Equal(was.Rotation) || k.storeUnknown(ctx, diags) || k.store(ctx, diags) != was.store(ctx, diags)
}

func (k *accessKeyModel) planNew(ctx context.Context, was *accessKeyModel, diags *diag.Diagnostics) {
	unknown, null := types.StringUnknown(), types.StringNull()
	k.ID, k.CreatedAt = unknown, unknown
	k.PreviousID, k.PreviousExpiresAt = null, null
	if was != nil && !was.ID.IsNull() && k.overlap() > 0 {
		k.PreviousID, k.PreviousExpiresAt = was.ID, unknown
	}
	k.Secret, k.EncryptedSecret, k.StoredAt = null, null, null
	switch to := k.Store.Get(ctx, diags); {
	case k.Store.IsUnknown():
		k.Secret, k.EncryptedSecret, k.StoredAt = unknown, unknown, unknown
	case !to.PGPKey.IsNull():
		k.EncryptedSecret = unknown
	case !to.Parameter.IsNull() || !to.Secret.IsNull():
		k.StoredAt = unknown
	default:
		k.Secret = unknown
	}
}

func (k *accessKeyModel) planKept(was *accessKeyModel) {
	k.ID, k.CreatedAt = was.ID, was.CreatedAt
	k.Secret, k.EncryptedSecret, k.StoredAt = was.Secret, was.EncryptedSecret, was.StoredAt
	k.PreviousID, k.PreviousExpiresAt = was.PreviousID, was.PreviousExpiresAt
	expires, err := time.Parse(time.RFC3339, was.PreviousExpiresAt.ValueString())
	if err == nil && !time.Now().Before(expires) {
		k.PreviousID, k.PreviousExpiresAt = types.StringNull(), types.StringNull()
	}
}

// planStore leaves open whether a store that is now named for an imported key holds it.
func (k *accessKeyModel) planStore(ctx context.Context, was *accessKeyModel, diags *diag.Diagnostics) {
	to := k.store(ctx, diags)
	named := to.Parameter != "" || to.SecretsSecret != "" || k.storeUnknown(ctx, diags)
	if was.imported() && named && to != was.store(ctx, diags) {
		k.StoredAt = types.StringUnknown()
	}
}

func (m *bucketUserModel) spec(
	ctx context.Context, s session,
) (spec bucketuser.Spec, diags diag.Diagnostics) {
	spec = m.grants()
	spec.Name, spec.UserID, spec.Lost = m.Name.ValueString(), m.UniqueID.ValueString(), m.lost()
	spec.Promised = s.data.isPromised
	spec.NameInState = s.data.inState("bucket_user", m.importID())
	spec.Partition, spec.IAMPath = s.conn.Partition, s.data.iamPath
	spec.Tags, spec.IgnoreTag = map[string]string{}, s.data.ignoreTags
	spec.Boundary = m.PermissionsBoundary.ValueString()
	spec.ForceDestroy = m.ForceDestroy.ValueBool()
	spec.ReadAll = m.importing()
	if !m.TagsAll.IsNull() {
		diags.Append(m.TagsAll.ElementsAs(ctx, &spec.Tags, false)...)
	}
	if key := m.accessKey(ctx, &diags); key != nil {
		spec.Key = &bucketuser.Key{
			ID:         key.ID.ValueString(),
			PreviousID: key.PreviousID.ValueString(),
			Overlap:    key.overlap(),
			Active:     key.Active.ValueBool(),
			Store:      key.store(ctx, &diags),
			Stored:     !key.StoredAt.IsNull(),
		}
	}
	return spec, diags
}

// fill records what was seen. What is not there is null.
func (m *bucketUserModel) fill(
	ctx context.Context, t turn[bucketUserModel], w reconcile.Wish[bucketuser.Spec], have bucketuser.Status,
) (diags diag.Diagnostics) {
	want := w.Want
	importing := m.importing()
	m.ARN, m.UniqueID = types.StringNull(), types.StringNull()
	if have.User != nil {
		m.Name = types.StringValue(have.User.Name)
		m.ARN, m.UniqueID = optional(have.User.ARN), optional(have.User.ID)
		m.PermissionsBoundary = optional(have.User.Boundary)
		m.Tags, m.TagsAll = t.data.splitTags(want.OwnTags(have.User.Tags), m.Tags, importing)
	}
	m.ID = types.StringValue(m.importID())
	m.fillAccess(t.data, w, have, importing)
	m.fillKey(ctx, formerKey(ctx, t, &diags), want, have, importing, &diags)
	if importing && have.Current != nil {
		for _, other := range have.Others {
			diags.AddAttributeWarning(path.Root("access_key"), "The user has two access keys", fmt.Sprintf(
				"The newer key %[1]s becomes the one of access_key: the next rotation replaces it, and removing access_key "+
					"deletes it. The older key %[2]s is left alone. IAM allows two keys, so no rotation is possible until %[2]s was "+
					"deleted by hand. A destroy with force_destroy deletes both.", have.Current.ID, other.ID))
		}
	}
	return diags
}

// fillAccess records how the user gets its access. Where that is not as configured, access is what the user
// can in fact do, or null.
func (m *bucketUserModel) fillAccess(
	data *providerData, w reconcile.Wish[bucketuser.Spec], have bucketuser.Status, importing bool,
) {
	grant := have.SeenGrant(w)
	m.Path = types.StringNull()
	switch {
	case grant.Path != "": // always an inline policy
		m.Path = types.StringValue("/" + grant.Path)
		if importing {
			m.Grant = defaultGrant(data)
		}
	case grant.Inline:
		m.Grant = types.StringValue(byPolicy)
	default:
		m.Grant = types.StringValue(byGroup)
	}
	m.Access = optional(string(grant.Access))
	m.WebAdmin = types.BoolValue(grant.WebAdmin)
	m.Groups = stringSet(w.Want.SeenGroups(have))
}

func (m *bucketUserModel) fillKey(
	ctx context.Context, former *accessKeyModel, want bucketuser.Spec, have bucketuser.Status, importing bool,
	diags *diag.Diagnostics,
) {
	key := m.accessKey(ctx, diags)
	switch {
	case key != nil:
	case former != nil && (have.Current != nil || have.Previous != nil || have.Stores()):
		key = former // not all of it could be removed
	case importing && have.Current != nil:
		key = &accessKeyModel{Store: fwtypes.ObjectNull[keyStoreModel]()}
	default:
		m.AccessKey = fwtypes.ObjectNull[accessKeyModel]()
		return
	}
	issued := have.Issued
	if key.ID.IsUnknown() && issued == nil && former != nil {
		key = former // no new key was made: the next plan asks for one again
	}
	key.ID, key.PreviousID = types.StringNull(), types.StringNull()
	if issued != nil {
		key.ID, key.CreatedAt = types.StringValue(issued.ID), date(issued.Created)
		key.Secret, key.EncryptedSecret = optional(issued.Secret), optional(issued.Encrypted)
		key.StoredAt = optional(issued.StoredAt)
		key.PreviousExpiresAt = date(issued.Created.Add(want.Key.Overlap))
	}
	if key.StoredAt.IsUnknown() && issued == nil {
		key.StoredAt = types.StringNull()
		if have.Held != nil && have.Stores() {
			key.StoredAt = optional(have.Held.At)
		}
	}
	if issued == nil && have.Stored != nil && !have.Stores() {
		key.StoredAt = types.StringNull()
	}
	if have.Current != nil {
		key.ID, key.CreatedAt = types.StringValue(have.Current.ID), date(have.Current.Created)
		key.Active = types.BoolValue(have.Current.Active)
	}
	if have.Previous != nil {
		key.PreviousID = types.StringValue(have.Previous.ID)
		if issued == nil && former != nil {
			key.PreviousExpiresAt = former.PreviousExpiresAt // it may have been planned to go
		}
	} else {
		key.PreviousExpiresAt = types.StringNull()
	}
	m.AccessKey = fwtypes.ObjectFrom(ctx, *key, diags)
}

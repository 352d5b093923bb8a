package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
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

	seen       sightOfKey
	refreshing bool // this is a refresh
}

// sightOfKey is what the last read or write saw of the access key, beside what state has. It changes only when
// something falls due: a refresh-only plan would find every other change.
type sightOfKey struct {
	Due      time.Time `json:"due,omitzero"`       // when a rotation for its age fell due; zero if none is possible
	Over     bool      `json:"over,omitempty"`     // the overlap of the previous key is over
	Unused   bool      `json:"unused,omitempty"`   // and nobody uses that key
	Replaced bool      `json:"replaced,omitempty"` // the key is gone, and the user has a newer one that is not ours
}

// bucketUserIdentity tells one user from every other.
type bucketUserIdentity struct {
	Bucket types.String `tfsdk:"bucket"`
	Name   types.String `tfsdk:"name"`
}

type accessKeyModel struct {
	Rotation          types.String                    `tfsdk:"rotation"`
	Overlap           types.String                    `tfsdk:"overlap"`
	RotateAfter       types.String                    `tfsdk:"rotate_after"`
	RequireUnused     types.Bool                      `tfsdk:"require_unused"`
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

// locate is what a refresh begins with.
func (m *bucketUserModel) locate(ctx context.Context, conn *awsclient.Conn) (bool, error) {
	m.refreshing = true
	if !m.importing() {
		return true, nil
	}
	m.ForceDestroy = pick(m.ForceDestroy, types.BoolValue(true))
	if !m.Bucket.IsNull() {
		return true, nil
	}
	// It was an aws_iam_user, and a moved block does not tell what the new configuration says.
	name := m.Name.ValueString()
	buckets, exists, err := bucketuser.Buckets(ctx, conn, name)
	if err != nil || !exists {
		return false, err
	}
	if len(buckets) != 1 {
		in := "neither is it in a group of a bucket nor has it an inline policy"
		if len(buckets) > 1 {
			in = "it has access to " + strings.Join(buckets, ", ")
		}
		return false, fmt.Errorf("which bucket the user %s is for cannot be told from its groups and policies: %s, by names "+
			"as spinup makes them. %s", name, in, asImport("aws_iam_user", "bucket_user", "BUCKET/"+name))
	}
	m.Bucket = types.StringValue(buckets[0])
	return true, nil
}

func (m *bucketUserModel) plannedFrom(sight []byte) {
	_ = json.Unmarshal(sight, &m.seen) // what cannot be read was never seen
}

func (m *bucketUserModel) sight() []byte {
	if m.seen == (sightOfKey{}) {
		return nil
	}
	text, err := json.Marshal(m.seen)
	if err != nil {
		panic(err) // a time and booleans
	}
	return text
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
func (k *accessKeyModel) overlap() time.Duration { return span(k.Overlap) }

// ignored reports whether a plan gets the key from state, since ignore_changes names it: no configuration has computed
// values.
func (k *accessKeyModel) ignored() bool { return !k.CreatedAt.IsNull() }

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
	if !m.Name.IsUnknown() {
		m.ARN = r.iamARN(r.data.partition, accountOf(r.home), "user", m.Name.ValueString())
	}
	if r.prior != nil && !m.Bucket.Equal(r.prior.Bucket) && !r.applying {
		// Replaced: Terraform plans the new user as if there were none, and the old one is gone by then.
		r.data.foundInState("bucket_user", m.importID())
	}
	if r.prior != nil {
		m.UniqueID = found(r.prior.UniqueID)
		m.ARN = renamedARN(r.prior, m.Name)
	}
	m.resolveGroups()
	m.resolveKey(ctx, r, &diags)
	return diags
}

// renamedARN is the ARN that the user will have under this name: the path stays.
func renamedARN(was *bucketUserModel, name types.String) types.String {
	if name.Equal(was.Name) {
		return found(was.ARN)
	}
	at, ok := strings.CutSuffix(was.ARN.ValueString(), "/"+was.Name.ValueString())
	if !ok || name.IsUnknown() {
		return types.StringUnknown()
	}
	return types.StringValue(at + "/" + name.ValueString())
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

// resolveKey decides, when planning, whether there will be a new key and whether the previous one goes: by what the
// refresh saw, since the final plan of an apply must come to the same. An apply does what was planned, however late it
// runs.
func (m *bucketUserModel) resolveKey(ctx context.Context, r turn[bucketUserModel], diags *diag.Diagnostics) {
	was := formerKey(ctx, r, diags)
	key := r.config.accessKey(ctx, diags)
	if key == nil || r.applying || was != nil && key.ignored() {
		m.AccessKey = r.config.AccessKey
		return
	}
	key.Active = pick(key.Active, types.BoolValue(true))
	key.RequireUnused = pick(key.RequireUnused, types.BoolValue(true))
	if key.renews(ctx, was, m.seen, diags) {
		key.planNew(ctx, was, diags)
	} else {
		key.planKept(was, m.seen)
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

// renews reports whether the plan needs a new key: there is none, it is too old, or rotation or store have changed. A
// key that was imported is not replaced just because rotation is set for the first time.
func (k *accessKeyModel) renews(
	ctx context.Context, was *accessKeyModel, seen sightOfKey, diags *diag.Diagnostics,
) bool {
	switch {
	case was == nil || was.ID.IsNull() && !seen.Replaced || k.due(was, seen):
		return true
	case was.imported() && was.Rotation.IsNull() && !was.ID.IsNull():
		return false
	}
	return !k.Rotation.Equal(was.Rotation) || k.storeUnknown(ctx, diags) || k.store(ctx, diags) != was.store(ctx, diags)
}

// due reports whether the key is too old, or may be: what is unknown is decided by the final plan. A new key would take
// the place of the previous one, so that must be free to go. A key that is not active is not replaced.
func (k *accessKeyModel) due(was *accessKeyModel, seen sightOfKey) bool {
	switch {
	case seen.Due.IsZero() || k.RotateAfter.IsNull() || k.Active.Equal(types.BoolValue(false)):
		return false
	case !was.PreviousID.IsNull() && !k.frees(seen) && !k.RequireUnused.IsUnknown():
		return false
	}
	return !moment(was.CreatedAt).Add(span(k.RotateAfter)).After(seen.Due)
}

// frees reports whether the previous key goes because its time is over.
func (k *accessKeyModel) frees(seen sightOfKey) bool {
	return seen.Over && (seen.Unused || k.RequireUnused.Equal(types.BoolValue(false)))
}

// open reports whether something is unknown that decides whether there is a new key, and what becomes of the old one.
func (k *accessKeyModel) open(ctx context.Context, diags *diag.Diagnostics) bool {
	return k.Rotation.IsUnknown() || k.RotateAfter.IsUnknown() || k.Overlap.IsUnknown() || k.RequireUnused.IsUnknown() ||
		k.Active.IsUnknown() || k.storeUnknown(ctx, diags)
}

func (k *accessKeyModel) planNew(ctx context.Context, was *accessKeyModel, diags *diag.Diagnostics) {
	unknown, null := types.StringUnknown(), types.StringNull()
	k.ID, k.CreatedAt = unknown, unknown
	k.PreviousID, k.PreviousExpiresAt = null, null
	switch {
	case was == nil || was.ID.IsNull():
	case k.open(ctx, diags):
		k.PreviousID, k.PreviousExpiresAt = unknown, unknown
	case k.overlap() > 0:
		k.PreviousID, k.PreviousExpiresAt = was.ID, unknown
	}
	k.Secret, k.EncryptedSecret, k.StoredAt = null, null, null
	switch to := k.Store.Get(ctx, diags); {
	case k.storeUnknown(ctx, diags):
		k.Secret, k.EncryptedSecret, k.StoredAt = unknown, unknown, unknown
	case !to.PGPKey.IsNull():
		k.EncryptedSecret = unknown
	case was != nil && !to.Parameter.IsNull() && to.Parameter.Equal(was.StoredAt):
		k.StoredAt = to.Parameter
	case !to.Parameter.IsNull(), !to.Secret.IsNull(): // known, it would be read while nothing is there yet
		k.StoredAt = unknown
	default:
		k.Secret = unknown
	}
}

func (k *accessKeyModel) planKept(was *accessKeyModel, seen sightOfKey) {
	k.ID, k.CreatedAt = was.ID, was.CreatedAt
	k.Secret, k.EncryptedSecret, k.StoredAt = was.Secret, was.EncryptedSecret, was.StoredAt
	k.PreviousID, k.PreviousExpiresAt = was.PreviousID, was.PreviousExpiresAt
	switch {
	case k.frees(seen):
		k.PreviousID, k.PreviousExpiresAt = types.StringNull(), types.StringNull()
	case seen.Over && k.RequireUnused.IsUnknown():
		k.PreviousID, k.PreviousExpiresAt = types.StringUnknown(), types.StringUnknown()
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
	spec.ReadAll, spec.Refreshing = m.importing(), m.refreshing
	if !m.TagsAll.IsNull() {
		diags.Append(m.TagsAll.ElementsAs(ctx, &spec.Tags, false)...)
	}
	if key := m.accessKey(ctx, &diags); key != nil {
		spec.Key = &bucketuser.Key{
			ID:         key.ID.ValueString(),
			PreviousID: key.PreviousID.ValueString(),
			Rotation:   key.Rotation.ValueString(),
			Overlap:    key.overlap(),
			Expires:    moment(key.PreviousExpiresAt),
			Active:     key.Active.ValueBool(),
			Store:      key.store(ctx, &diags),
			Stored:     !key.StoredAt.IsNull(),

			RequireUnused: !key.RequireUnused.Equal(types.BoolValue(false)),
			Gone:          key.ID.IsNull(),
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
	m.fillKey(ctx, t, want, have, importing, &diags)
	key := m.accessKey(ctx, &diags)
	m.seen = key.sight(t.conn.Pace.Now(), have)
	if !t.applying {
		key.warn(m.seen, have, importing, &diags)
	}
	return diags
}

// sight is what the next plan is made from.
func (k *accessKeyModel) sight(now time.Time, have bucketuser.Status) (seen sightOfKey) {
	if k == nil {
		return seen
	}
	created := moment(k.CreatedAt)
	if have.Current == nil && !created.IsZero() && have.HasRoom() { // two keys of others are an error: see room
		seen.Replaced = slices.ContainsFunc(have.Others, func(other bucketuser.AccessKey) bool {
			return other.Created.After(created)
		})
	}
	if due := created.Add(span(k.RotateAfter)); !k.RotateAfter.IsNull() && !now.Before(due) && have.HasRoom() {
		seen.Due = due
	}
	if have.Previous != nil && !now.Before(moment(k.PreviousExpiresAt)) {
		seen.Over, seen.Unused = true, have.Use != nil && !have.Use.Lately
	}
	return seen
}

// warn says what stands in the way of the key, or of its rotation.
func (k *accessKeyModel) warn(seen sightOfKey, have bucketuser.Status, importing bool, diags *diag.Diagnostics) {
	if k == nil {
		return
	}
	at := path.Root("access_key")
	var others []string
	for _, other := range have.Others {
		others = append(others, fmt.Sprintf("%s of %s", other.ID, other.Created.UTC().Format(time.RFC3339)))
	}
	theirs := strings.Join(others, " and ")
	switch {
	case theirs == "":
	case importing:
		diags.AddAttributeWarning(at, "The user has two access keys", fmt.Sprintf(
			"The newer key %[1]s becomes the one of access_key: the next rotation replaces it, and removing access_key "+
				"deletes it. The older key %[2]s is left alone. IAM allows two keys, so no rotation is possible until it was "+
				"deleted by hand. A destroy with force_destroy deletes both.", have.Current.ID, theirs))
	case have.Unread != nil:
		diags.AddAttributeWarning(at, "The store of the access key could not be read", fmt.Sprintf(
			"Beside the key of access_key the user has %s. If spinup_rotate_key has created it, the store says so, and the key "+
				"becomes the one of access_key; but the store could not be read: %s", theirs, awsclient.Text(have.Unread)))
	case seen.Replaced:
		diags.AddAttributeWarning(at, "The access key was replaced elsewhere", fmt.Sprintf(
			"The key of access_key is gone, and the user has %s, which spinup did not create. It is left alone, and no other "+
				"key is created in its place. What is stored is the secret of the old key. A change of rotation creates a new "+
				"key.", theirs))
	case !k.RotateAfter.IsNull() && !have.HasRoom():
		diags.AddAttributeWarning(at, "No room to rotate the access key", fmt.Sprintf(
			"rotate_after is %s, but IAM allows two keys, and beside the one of access_key the user has %s, which spinup did "+
				"not create. As long as it is there, no rotation is planned. Delete it if nobody uses it.", k.RotateAfter, theirs))
	}
	if use := have.Use; use != nil && use.Lately {
		diags.AddAttributeWarning(at, "The previous access key is still used", fmt.Sprintf(
			"The overlap of the previous key %s ended at %s, but it was used at %s. With require_unused it stays until nobody "+
				"has used it for an hour, or for as long as overlap if that is longer. Until then rotate_after does not rotate "+
				"the key.", have.Previous.ID, k.PreviousExpiresAt.ValueString(), use))
	}
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
	ctx context.Context, t turn[bucketUserModel], want bucketuser.Spec, have bucketuser.Status, importing bool,
	diags *diag.Diagnostics,
) {
	key, former := m.accessKey(ctx, diags), formerKey(ctx, t, diags)
	switch {
	case key != nil:
		if !t.applying { // a state from before there was such an attribute lacks it
			key.RequireUnused = pick(key.RequireUnused, types.BoolValue(true))
		}
	case former != nil && (have.Current != nil || have.Previous != nil || have.Stores()):
		key = former // not all of it could be removed
	case importing && have.Current != nil:
		key = &accessKeyModel{Store: fwtypes.ObjectNull[keyStoreModel](), RequireUnused: types.BoolValue(true)}
	default:
		m.AccessKey = fwtypes.ObjectNull[accessKeyModel]()
		return
	}
	issued := have.Issued
	failed := key.ID.IsUnknown() && issued == nil
	if failed && former != nil {
		key = former // no new key was made: the next plan asks for one again
	}
	key.ID, key.PreviousID = types.StringNull(), types.StringNull()
	if issued != nil {
		key.ID, key.CreatedAt = types.StringValue(issued.ID), date(issued.Created)
		key.Secret, key.EncryptedSecret = optional(issued.Secret), optional(issued.Encrypted)
		key.StoredAt = optional(issued.StoredAt)
		key.PreviousExpiresAt = date(issued.Created.Add(want.Key.Overlap))
	}
	if key.StoredAt.IsUnknown() && issued == nil || failed && former == nil {
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
		if have.TakenOver {
			key.PreviousExpiresAt = date(have.Current.Created.Add(want.Key.Overlap))
		}
	} else {
		key.PreviousExpiresAt = types.StringNull()
	}
	m.AccessKey = fwtypes.ObjectFrom(ctx, *key, diags)
}

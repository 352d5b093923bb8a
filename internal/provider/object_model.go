package provider

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/names"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/object"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

// objectModel is spinup_object as Terraform sees it.
type objectModel struct {
	objectFacts
	Source           types.String                    `tfsdk:"source"`
	Content          types.String                    `tfsdk:"content"`
	ContentBase64    types.String                    `tfsdk:"content_base64"`
	ContentWO        types.String                    `tfsdk:"content_wo"`
	ContentWOVersion types.String                    `tfsdk:"content_wo_version"`
	CopyFrom         fwtypes.ObjectOf[copyFromModel] `tfsdk:"copy_from"`
	Overwrite        types.Bool                      `tfsdk:"overwrite"`
	DeleteVersions   types.Bool                      `tfsdk:"delete_versions"`
	Retain           types.Bool                      `tfsdk:"retain"`
	ID               types.String                    `tfsdk:"id"`
	Timeouts         timeouts.Value                  `tfsdk:"timeouts"`

	writing bool // this is an apply
	given   *string
	known   secretHash // of the ETag of a content that was given by content_wo
	left    *object.Left
}

// leftKey is the name, among what Terraform keeps privately, of the copy that a change of the key left.
const leftKey = "left"

// objectFacts are the attributes that resource and data source share.
type objectFacts struct {
	Bucket             types.String                      `tfsdk:"bucket"`
	Key                types.String                      `tfsdk:"key"`
	Region             types.String                      `tfsdk:"region"`
	ContentType        types.String                      `tfsdk:"content_type"`
	CacheControl       types.String                      `tfsdk:"cache_control"`
	ContentEncoding    types.String                      `tfsdk:"content_encoding"`
	ContentDisposition types.String                      `tfsdk:"content_disposition"`
	ContentLanguage    types.String                      `tfsdk:"content_language"`
	WebsiteRedirect    types.String                      `tfsdk:"website_redirect"`
	StorageClass       types.String                      `tfsdk:"storage_class"`
	Encryption         fwtypes.ObjectOf[encryptionModel] `tfsdk:"encryption"`
	Metadata           types.Map                         `tfsdk:"metadata"`
	Tags               types.Map                         `tfsdk:"tags"`
	TagsAll            types.Map                         `tfsdk:"tags_all"`
	ETag               types.String                      `tfsdk:"etag"`
	SHA256             types.String                      `tfsdk:"sha256"`
	Size               fwtypes.Int64                     `tfsdk:"size"`
	VersionID          types.String                      `tfsdk:"version_id"`
	URL                types.String                      `tfsdk:"url"`
	ARN                types.String                      `tfsdk:"arn"`
}

type copyFromModel struct {
	Bucket    types.String `tfsdk:"bucket"`
	Key       types.String `tfsdk:"key"`
	VersionID types.String `tfsdk:"version_id"`
}

// objectIdentity tells one object from every other.
type objectIdentity struct {
	Bucket types.String `tfsdk:"bucket"`
	Key    types.String `tfsdk:"key"`
	Region types.String `tfsdk:"region"`
}

func (m *objectModel) importID() string       { return m.Bucket.ValueString() + "/" + m.Key.ValueString() }
func (m *objectModel) limits() timeouts.Value { return m.Timeouts }
func (m *objectModel) identify() any          { return objectIdentity{m.Bucket, m.Key, m.Region} }

// importing reports whether the model is the stub that an import begins with: every object in state has an ARN.
func (m *objectModel) importing() bool { return m.ARN.IsNull() }

func (m *objectModel) locate(ctx context.Context, conn *awsclient.Conn) (bool, error) {
	if !m.importing() {
		return true, nil
	}
	name := m.Bucket.ValueString() // from the import id, which no schema checked
	if err := names.CheckBucket(name); err != nil {
		return false, err
	}
	if err := content.CheckKey(m.Key.ValueString()); err != nil {
		return false, err
	}
	from := conn.Region
	if !m.Region.IsNull() {
		from = m.Region.ValueString()
	}
	region, exists, err := bucket.Locate(ctx, conn, name, from)
	if wanted := m.Region.ValueString(); err == nil && exists && wanted != "" && wanted != region {
		return false, fmt.Errorf("the bucket %s is in the region %s, not in %s", name, region, wanted)
	}
	m.Region = types.StringValue(region)
	no := types.BoolValue(false)
	m.Overwrite, m.DeleteVersions, m.Retain = no, no, no
	return exists, err
}

// recall takes the content that is given, and the hash of the ETag that it got last.
func (m *objectModel) recall(ctx context.Context, config *tfsdk.Config, kept private) (diags diag.Diagnostics) {
	if config != nil {
		var given types.String
		diags.Append(config.GetAttribute(ctx, path.Root("content_wo"), &given)...)
		m.given, m.writing = given.ValueStringPointer(), true
	}
	text, d := kept.GetKey(ctx, hashKey)
	diags.Append(d...)
	m.known = readHash(text)
	text, d = kept.GetKey(ctx, leftKey)
	diags.Append(d...)
	if json.Unmarshal(text, &m.left) != nil {
		m.left = nil
	}
	return diags
}

func (m *objectModel) keep(ctx context.Context, kept private) diag.Diagnostics {
	text, _ := json.Marshal(m.left) // two texts always marshal
	diags := kept.SetKey(ctx, leftKey, text)
	diags.Append(kept.SetKey(ctx, hashKey, m.known.text())...)
	return diags
}

// resolve has every default of the resource.
func (m *objectModel) resolve(ctx context.Context, t turn[objectModel]) (diags diag.Diagnostics) {
	no := types.BoolValue(false)
	m.Overwrite, m.Retain = pick(t.config.Overwrite, no), pick(t.config.Retain, no)
	m.DeleteVersions = pick(t.config.DeleteVersions, no)
	m.ContentWO, m.TagsAll = types.StringNull(), t.data.tagsAll(m.Tags)
	region := types.StringValue(t.data.region)
	switch {
	case t.prior != nil:
		region = t.prior.Region
	case t.data.region == "":
		region = types.StringUnknown()
	}
	m.Region = pick(t.config.Region, region)
	if !t.config.Encryption.IsNull() && !t.config.Encryption.IsUnknown() {
		m.Encryption = fwtypes.ObjectFrom(ctx, t.config.Encryption.Get(ctx, &diags).resolved(), &diags)
	}
	m.resolveNames(t)
	moves := t.prior != nil && !m.Key.Equal(t.prior.Key) && m.Bucket.Equal(t.prior.Bucket) &&
		m.Region.Equal(t.prior.Region)
	if (t.prior == nil || moves) && !t.applying && !m.ID.IsUnknown() && !t.data.reserve("object "+m.importID()) {
		diags.AddAttributeError(path.Root("key"), "Object declared twice", fmt.Sprintf(
			"key is %q, and another spinup_object of this configuration has the same key and the same bucket, %q. Set another "+
				"key for one of them.", m.Key.ValueString(), m.Bucket.ValueString()))
	}
	m.resolveContent(t, &diags)
	if !t.applying {
		t.data.checkStore(&diags, m.asks()...)
	}
	return diags
}

// resolveNames sets what follows from bucket, key and region.
func (m *objectModel) resolveNames(t turn[objectModel]) {
	unknown := types.StringUnknown()
	m.ID, m.ARN, m.URL = unknown, unknown, unknown
	if m.Bucket.IsUnknown() || m.Key.IsUnknown() {
		return
	}
	m.ID = types.StringValue(m.importID())
	if t.prior != nil && m.Bucket.Equal(t.prior.Bucket) {
		m.setNames(partOf(t.prior.ARN, 1), t.data.platform)
	} else if t.data.partition != "" && !m.Region.IsUnknown() {
		m.setNames(t.data.partition, t.data.platform)
	}
}

// setNames sets what follows from bucket, key and region alone. A name with a dot fits no certificate.
func (m *objectFacts) setNames(partition string, platform awsclient.Platform) {
	name, key := m.Bucket.ValueString(), m.Key.ValueString()
	m.ARN = types.StringValue("arn:" + partition + ":s3:::" + name + "/" + key)
	m.URL = types.StringNull()
	if !platform.HostNames {
		return
	}
	host := bucket.RegionalDomainName(name, m.Region.ValueString(), partition)
	address := url.URL{Scheme: "https", Host: host, Path: "/" + key}
	if strings.Contains(name, ".") {
		address.Host, address.Path = strings.TrimPrefix(host, name+"."), "/"+name+"/"+key
	}
	m.URL = types.StringValue(address.Scheme + "://" + address.Host + content.Escaped(address.Path))
}

// resolveContent plans what the object holds. What the provider can read itself is known; the ETag and the id of the
// version are known only of an object that is not written anew.
func (m *objectModel) resolveContent(t turn[objectModel], diags *diag.Diagnostics) {
	if t.applying && !t.config.SHA256.IsUnknown() && !t.config.ContentType.IsUnknown() {
		return // the plan has it
	}
	measured, isKnown := m.measure(t, diags)
	if diags.HasError() {
		return
	}
	m.SHA256, m.Size = types.StringUnknown(), fwtypes.Int64Unknown()
	if measured != nil {
		m.SHA256, m.Size = types.StringValue(measured.SHA256), fwtypes.NewInt64(measured.Digest.Size)
	}
	m.ContentType = t.config.ContentType
	if m.ContentType.IsNull() || m.ContentType.IsUnknown() && t.applying {
		m.ContentType = m.typeOf(measured, isKnown)
	}
	if t.applying {
		return
	}
	changed := m.changes(t.prior)
	switch {
	case measured != nil:
	case !changed:
		m.SHA256, m.Size = t.prior.SHA256, t.prior.Size
	case !m.ContentWOVersion.IsNull():
		m.SHA256 = types.StringNull()
	}
	m.ETag, m.VersionID = types.StringUnknown(), types.StringUnknown()
	if !changed && m.keepsHeaders(t.prior) && m.Key.Equal(t.prior.Key) {
		m.ETag, m.VersionID = t.prior.ETag, t.prior.VersionID
	}
	if !m.ContentWOVersion.IsNull() && !m.ContentWOVersion.IsUnknown() {
		m.ETag = types.StringNull() // it may be a digest of the secret
	}
}

// measure reads the content, if it is one that the provider can read. IsKnown is false for one that only the apply
// knows.
func (m *objectModel) measure(
	t turn[objectModel], diags *diag.Diagnostics,
) (measured *object.Measured, isKnown bool) {
	c := t.config
	fail := func(attribute string, err error) (*object.Measured, bool) {
		diags.AddAttributeError(path.Root(attribute), "Invalid content", fmt.Sprintf("%s: %v.", attribute, err))
		return nil, false
	}
	var found object.Measured
	var err error
	at := "source"
	switch {
	case c.Source.IsUnknown() || c.Content.IsUnknown() || c.ContentBase64.IsUnknown():
		return nil, false
	case !c.Source.IsNull():
		found, err = object.MeasureFile(c.Source.ValueString())
	case !c.Content.IsNull() || !c.ContentBase64.IsNull():
		at = "content"
		var text []byte
		if text, err = m.text(); err == nil {
			found, err = object.Measure(bytes.NewReader(text), int64(len(text)))
		}
	default:
		return nil, true
	}
	if err != nil {
		return fail(at, err)
	}
	return &found, true
}

// text is a content that the configuration has.
func (m *objectModel) text() ([]byte, error) {
	if !m.ContentBase64.IsNull() {
		return base64.StdEncoding.DecodeString(m.ContentBase64.ValueString())
	}
	return []byte(m.Content.ValueString()), nil
}

// noType is the type of what nobody knows anything about.
const noType = "application/octet-stream"

// typeOf is the default of content_type.
func (m *objectModel) typeOf(measured *object.Measured, isKnown bool) types.String {
	if m.Key.IsUnknown() {
		return types.StringUnknown()
	}
	key := m.Key.ValueString()
	switch byName := content.TypeByName(key); {
	case byName != "":
		return types.StringValue(byName)
	case measured != nil:
		return types.StringValue(content.Type(key, measured.Head))
	case isKnown: // a secret, or a copy
		return types.StringValue(noType)
	}
	return types.StringUnknown()
}

// changes reports whether the plan is for another content than the one of state, or for one that is not known.
func (m *objectModel) changes(prior *objectModel) bool {
	switch {
	case prior == nil:
		return true
	case !m.ContentWOVersion.IsNull():
		return !m.ContentWOVersion.Equal(prior.ContentWOVersion)
	case !m.CopyFrom.IsNull():
		return !m.CopyFrom.Equal(prior.CopyFrom)
	}
	return !m.SHA256.Equal(prior.SHA256)
}

// keepsHeaders reports whether the plan changes nothing that only a write of the whole object can change.
func (m *objectModel) keepsHeaders(prior *objectModel) bool {
	for _, pair := range [][2]attr.Value{
		{m.ContentType, prior.ContentType}, {m.CacheControl, prior.CacheControl},
		{m.ContentEncoding, prior.ContentEncoding}, {m.ContentDisposition, prior.ContentDisposition},
		{m.ContentLanguage, prior.ContentLanguage}, {m.WebsiteRedirect, prior.WebsiteRedirect},
		{m.StorageClass, prior.StorageClass}, {m.Encryption, prior.Encryption},
	} {
		if !pair[0].Equal(pair[1]) {
			return false
		}
	}
	return m.Metadata.Equal(prior.Metadata) || len(m.Metadata.Elements())+len(prior.Metadata.Elements()) == 0 &&
		!m.Metadata.IsUnknown()
}

func (m *objectModel) spec(ctx context.Context, s session) (spec object.Spec, diags diag.Diagnostics) {
	spec = object.Spec{
		Place: content.Place{
			Bucket: m.Bucket.ValueString(), Region: m.Region.ValueString(), Key: m.Key.ValueString(),
		},
		Headers: content.Headers{
			ContentType: m.ContentType.ValueString(), CacheControl: m.CacheControl.ValueString(),
			ContentEncoding: m.ContentEncoding.ValueString(), ContentDisposition: m.ContentDisposition.ValueString(),
			ContentLanguage: m.ContentLanguage.ValueString(), Redirect: m.WebsiteRedirect.ValueString(),
			StorageClass: m.StorageClass.ValueString(), Metadata: map[string]string{},
		},
		Tags: map[string]string{}, IgnoreTag: s.data.ignoreTags,
		Overwrite: m.Overwrite.ValueBool(), DeleteVersions: m.DeleteVersions.ValueBool(), Retain: m.Retain.ValueBool(),
		Writing: m.writing, Known: m.knowledge(), Left: m.left, ReadAll: m.importing(),
	}
	if !m.TagsAll.IsNull() {
		diags.Append(m.TagsAll.ElementsAs(ctx, &spec.Tags, false)...)
	}
	if !m.Metadata.IsNull() {
		diags.Append(m.Metadata.ElementsAs(ctx, &spec.Headers.Metadata, false)...)
	}
	if !m.Encryption.IsNull() {
		e := m.Encryption.Get(ctx, &diags)
		spec.Headers.Algorithm, spec.Headers.KMSKey = e.Algorithm.ValueString(), e.KMSKeyARN.ValueString()
		if strings.HasPrefix(spec.Headers.Algorithm, "aws:kms") {
			spec.Headers.BucketKey = e.BucketKey.ValueBoolPointer()
		}
	}
	spec.Content = m.content(ctx, &diags)
	return spec, diags
}

// content is what the object holds, in the domain's words.
func (m *objectModel) content(ctx context.Context, diags *diag.Diagnostics) object.Content {
	c := object.Content{SHA256: m.SHA256.ValueString(), Size: m.Size.ValueInt64()}
	switch {
	case !m.CopyFrom.IsNull():
		from := m.CopyFrom.Get(ctx, diags)
		c.From = &object.From{
			Bucket: from.Bucket.ValueString(), Key: from.Key.ValueString(), Version: from.VersionID.ValueString(),
		}
	case !m.ContentWOVersion.IsNull():
		c.Version = m.ContentWOVersion.ValueString()
		if m.given != nil {
			c.Text = []byte(*m.given)
		}
	case !m.Source.IsNull():
		c.Path = m.Source.ValueString()
	default:
		c.Text, _ = m.text() // the schema checks it
	}
	return c
}

// knowledge tells the object that state knows by its ETag; nil if state does not know one.
func (m *objectModel) knowledge() func(etag string) bool {
	switch {
	case m.ETag.ValueString() != "":
		return func(etag string) bool { return object.Unquoted(etag) == m.ETag.ValueString() }
	case m.ContentWOVersion.IsNull() || len(m.known.Hash) == 0:
		return nil
	}
	asked := map[string]bool{} // the hash is slow
	return func(etag string) bool {
		if _, ok := asked[etag]; !ok {
			asked[etag] = !m.known.differs(versitygw.DigestOf(object.Unquoted(etag)))
		}
		return asked[etag]
	}
}

// fill records what was seen. Until a change of the key is complete, the object is the one under the former key.
func (m *objectModel) fill(
	ctx context.Context, t turn[objectModel], w reconcile.Wish[object.Spec], have object.Status,
) (diags diag.Diagnostics) {
	seen, same, tags := have.Object, have.IsWanted(w), have.Tags
	if have.Left == nil {
		m.left = nil
	}
	if have.Former != nil {
		if seen != nil {
			m.left = &object.Left{Key: w.Want.Key, ETag: seen.ETag}
		}
		seen, tags = have.Former, have.Others
		same = w.Prior.Known != nil && w.Prior.Known(seen.ETag) && !object.Changes(w)
		m.Key = types.StringValue(w.Prior.Key)
	}
	m.ID, m.Region = types.StringValue(m.importID()), types.StringValue(w.Want.Region)
	m.setNames(t.conn.Partition, t.conn.Platform)
	if seen == nil {
		none := types.StringNull()
		m.ETag, m.VersionID, m.SHA256, m.Size = none, none, none, fwtypes.Int64Null()
		return diags
	}
	m.fillContent(t, same, w, seen)
	m.fillHeaders(ctx, m.importing() || w.Want.ReadAll, seen.Headers, &diags)
	m.Tags, m.TagsAll = t.data.splitTags(w.Want.OwnTags(tags), m.Tags, w.Want.ReadAll)
	return diags
}

// fillContent records what the object holds. Where it is not what is wanted, what state had stands, if that is what
// there is; what nobody knows is null.
func (m *objectModel) fillContent(
	t turn[objectModel], same bool, w reconcile.Wish[object.Spec], seen *content.Stored,
) {
	m.ETag, m.Size = types.StringValue(object.Unquoted(seen.ETag)), fwtypes.NewInt64(seen.Size)
	m.VersionID = optional(seen.VersionID)
	former := t.prior
	isFormer := former != nil && w.Prior.Known != nil && w.Prior.Known(seen.ETag)
	secret := !m.ContentWOVersion.IsNull()
	switch {
	case same && (!m.SHA256.IsUnknown() && m.CopyFrom.IsNull()):
	case isFormer && !same:
		m.SHA256 = former.SHA256
	default:
		m.SHA256 = optional(object.SHA256(*seen))
		if m.SHA256.IsNull() && w.Want.ReadAll { // one that is moved here has a content, too
			m.SHA256 = optional(w.Want.Content.ByMD5(*seen))
		}
	}
	if !same {
		m.ContentWOVersion, m.CopyFrom = types.StringNull(), fwtypes.ObjectNull[copyFromModel]()
		if isFormer {
			m.ContentWOVersion, m.CopyFrom = former.ContentWOVersion, former.CopyFrom
			secret = secret || !former.ContentWOVersion.IsNull()
		}
	}
	switch {
	case !secret:
		m.known = secretHash{}
		return
	case same && t.applying && (len(m.known.Hash) == 0 || m.known.differs(versitygw.DigestOf(m.ETag.ValueString()))):
		m.known = newHash(versitygw.DigestOf(m.ETag.ValueString()))
	}
	m.ETag, m.SHA256 = types.StringNull(), types.StringNull() // they may be digests of the secret
}

// fillHeaders records the headers. The storage class and the encryption are the store's or a lifecycle rule's to decide
// where they are not set; an import takes those that somebody chose.
func (m *objectFacts) fillHeaders(
	ctx context.Context, all bool, have content.Headers, diags *diag.Diagnostics,
) {
	m.ContentType, m.CacheControl = optional(have.ContentType), optional(have.CacheControl)
	m.ContentEncoding, m.ContentDisposition = optional(have.ContentEncoding), optional(have.ContentDisposition)
	m.ContentLanguage, m.WebsiteRedirect = optional(have.ContentLanguage), optional(have.Redirect)
	if !m.StorageClass.IsNull() || all && have.StorageClass != "STANDARD" {
		m.StorageClass = optional(have.StorageClass)
	}
	if !m.Encryption.IsNull() || all && strings.HasPrefix(have.Algorithm, "aws:kms") {
		written := m.Encryption.Get(ctx, diags)
		seen := encryptionModel{
			optional(have.Algorithm), optional(have.KMSKey), types.BoolValue(have.BucketKey != nil && *have.BucketKey),
		}
		key := written.KMSKeyARN
		if key.IsNull() && !m.Encryption.IsNull() || object.KeyID(key.ValueString()) == object.KeyID(have.KMSKey) {
			seen.KMSKeyARN = key
		}
		m.Encryption = fwtypes.ObjectFrom(ctx, seen, diags)
	}
	if len(have.Metadata) > 0 || len(m.Metadata.Elements()) > 0 {
		values := map[string]attr.Value{}
		for key, value := range have.Metadata {
			values[key] = types.StringValue(value)
		}
		m.Metadata = types.MapValueMust(types.StringType, values)
		if len(values) == 0 {
			m.Metadata = types.MapNull(types.StringType)
		}
	}
}

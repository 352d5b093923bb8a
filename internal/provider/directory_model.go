package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/directory"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/names"
)

// directoryTimeout is how long a deployment may take unless the configuration says otherwise.
const directoryTimeout = 2 * time.Hour

// Defaults of a directory.
const (
	defaultKeep     = "168h"
	defaultMaxPaths = 15
	shownDrift      = 10 // lines
	driftedDigest   = "drifted:"
	destroyRetains  = "retain"
	destroyDeletes  = "delete"
)

// directoryModel is spinup_directory as Terraform sees it.
type directoryModel struct {
	ID              types.String                               `tfsdk:"id"`
	Bucket          types.String                               `tfsdk:"bucket"`
	Prefix          types.String                               `tfsdk:"prefix"`
	Source          types.String                               `tfsdk:"source"`
	Include         types.List                                 `tfsdk:"include"`
	Exclude         types.List                                 `tfsdk:"exclude"`
	FollowSymlinks  types.Bool                                 `tfsdk:"follow_symlinks"`
	AllowEmpty      types.Bool                                 `tfsdk:"allow_empty"`
	Overwrite       types.Bool                                 `tfsdk:"overwrite"`
	CacheControl    types.List                                 `tfsdk:"cache_control"`
	ContentTypes    types.Map                                  `tfsdk:"content_types"`
	Headers         types.List                                 `tfsdk:"headers"`
	StorageClass    types.String                               `tfsdk:"storage_class"`
	Encryption      fwtypes.ObjectOf[encryptionModel]          `tfsdk:"encryption"`
	Last            types.List                                 `tfsdk:"last"`
	KeepRemoved     fwtypes.ObjectOf[keepRemovedModel]         `tfsdk:"keep_removed"`
	MaxRemovals     fwtypes.Int64                              `tfsdk:"max_removals"`
	Invalidate      fwtypes.ObjectOf[directoryInvalidateModel] `tfsdk:"invalidate"`
	Verify          types.String                               `tfsdk:"verify"`
	DeleteVersions  types.Bool                                 `tfsdk:"delete_versions"`
	OnDestroy       types.String                               `tfsdk:"on_destroy"`
	Concurrency     fwtypes.Int64                              `tfsdk:"concurrency"`
	PartSize        fwtypes.Int64                              `tfsdk:"part_size"`
	Region          types.String                               `tfsdk:"region"`
	AccountID       types.String                               `tfsdk:"account_id"`
	Digest          types.String                               `tfsdk:"digest"`
	Files           fwtypes.Int64                              `tfsdk:"files"`
	Bytes           fwtypes.Int64                              `tfsdk:"bytes"`
	Changes         types.String                               `tfsdk:"changes"`
	FirstChanges    types.List                                 `tfsdk:"first_changes"`
	Drift           types.List                                 `tfsdk:"drift"`
	RemovalsPending fwtypes.Int64                              `tfsdk:"removals_pending"`
	NextRemoval     types.String                               `tfsdk:"next_removal"`
	ManifestKey     types.String                               `tfsdk:"manifest_key"`
	InvalidationID  types.String                               `tfsdk:"invalidation_id"`
	Timeouts        timeouts.Value                             `tfsdk:"timeouts"`

	planned bool // it is what is wanted, not what state remembers
	seen    sightOfDirectory
}

// sightOfDirectory is what the last read or write saw, beside what state has.
type sightOfDirectory struct {
	At   time.Time `json:"at,omitzero"`    // by which removals are due; zero if none is
	ETag string    `json:"etag,omitempty"` // of the manifest; "" if it was gone
}

type directoryIdentity struct {
	Bucket    types.String `tfsdk:"bucket"`
	Prefix    types.String `tfsdk:"prefix"`
	Region    types.String `tfsdk:"region"`
	AccountID types.String `tfsdk:"account_id"`
}

type cacheControlModel struct {
	Match types.String `tfsdk:"match"`
	Value types.String `tfsdk:"value"`
}

type directoryHeadersModel struct {
	Match              types.String `tfsdk:"match"`
	ContentEncoding    types.String `tfsdk:"content_encoding"`
	ContentDisposition types.String `tfsdk:"content_disposition"`
	ContentLanguage    types.String `tfsdk:"content_language"`
	Metadata           types.Map    `tfsdk:"metadata"`
}

type keepRemovedModel struct {
	For   types.String `tfsdk:"for"`
	Match types.List   `tfsdk:"match"`
}

type directoryInvalidateModel struct {
	DistributionID types.String  `tfsdk:"distribution_id"`
	MaxPaths       fwtypes.Int64 `tfsdk:"max_paths"`
	Wait           types.Bool    `tfsdk:"wait"`
}

func (m *directoryModel) importID() string {
	return m.Bucket.ValueString() + "/" + m.Prefix.ValueString()
}
func (m *directoryModel) limits() timeouts.Value { return m.Timeouts }
func (m *directoryModel) identify() any {
	return directoryIdentity{m.Bucket, m.Prefix, m.Region, m.AccountID}
}

func (m *directoryModel) plannedFrom(sight []byte) {
	m.planned = true
	_ = json.Unmarshal(sight, &m.seen) // what cannot be read was never seen
}

func (m *directoryModel) sight() []byte {
	text, err := json.Marshal(m.seen)
	if err != nil {
		panic(err) // a time and a text
	}
	return text
}

// locate finds the manifest of a directory that is imported.
func (m *directoryModel) locate(ctx context.Context, conn *awsclient.Conn) (bool, error) {
	if !m.ID.IsNull() {
		return true, nil
	}
	if m.Prefix.IsNull() {
		m.Prefix = types.StringValue("")
	}
	bucket, prefix := m.Bucket.ValueString(), m.Prefix.ValueString()
	if err := names.CheckBucket(bucket); err != nil {
		return false, err // from the import id, which no schema checked
	}
	if prefix != "" && (!strings.HasSuffix(prefix, "/") || content.CheckKey(prefix+"x") != nil) {
		return false, fmt.Errorf("the import id is bucket/prefix, and the prefix %q does not end in a slash", prefix)
	}
	key, region, err := directory.Locate(ctx, conn, bucket, prefix)
	if err != nil {
		return false, err
	}
	if wanted := m.Region.ValueString(); wanted != "" && wanted != region {
		return false, fmt.Errorf("the bucket %s is in the region %s, not in %s", bucket, region, wanted)
	}
	if wanted := m.AccountID.ValueString(); wanted != "" && wanted != conn.AccountID {
		return false, fmt.Errorf("the credentials belong to account %s, not to %s", conn.AccountID, wanted)
	}
	m.ManifestKey = optional(key)
	return key != "", m.setDefaults(ctx, *m)
}

// setDefaults fills what a configuration leaves open.
func (m *directoryModel) setDefaults(ctx context.Context, config directoryModel) error {
	var diags diag.Diagnostics
	m.Exclude = config.Exclude
	m.FollowSymlinks = pick(config.FollowSymlinks, types.BoolValue(false))
	m.AllowEmpty = pick(config.AllowEmpty, types.BoolValue(false))
	m.Overwrite = pick(config.Overwrite, types.BoolValue(false))
	m.Verify = pick(config.Verify, types.StringValue(directory.VerifyList))
	m.DeleteVersions = pick(config.DeleteVersions, types.BoolValue(false))
	m.OnDestroy = pick(config.OnDestroy, types.StringValue(destroyDeletes))
	m.Concurrency = pick(config.Concurrency, fwtypes.NewInt64(directory.DefaultConcurrency))
	m.PartSize = pick(config.PartSize, fwtypes.NewInt64(content.PartSize))
	m.KeepRemoved = config.KeepRemoved
	if !m.KeepRemoved.IsUnknown() {
		keep := config.KeepRemoved.Get(ctx, &diags)
		keep.For = pick(keep.For, types.StringValue(defaultKeep))
		m.KeepRemoved = fwtypes.ObjectFrom(ctx, keep, &diags)
	}
	m.Encryption = config.Encryption
	if !m.Encryption.IsNull() && !m.Encryption.IsUnknown() {
		m.Encryption = fwtypes.ObjectFrom(ctx, config.Encryption.Get(ctx, &diags).resolved(), &diags)
	}
	m.Invalidate = config.Invalidate
	if !m.Invalidate.IsNull() && !m.Invalidate.IsUnknown() {
		invalidate := config.Invalidate.Get(ctx, &diags)
		invalidate.MaxPaths = pick(invalidate.MaxPaths, fwtypes.NewInt64(defaultMaxPaths))
		invalidate.Wait = pick(invalidate.Wait, types.BoolValue(false))
		m.Invalidate = fwtypes.ObjectFrom(ctx, invalidate, &diags)
	}
	if diags.HasError() {
		return errors.New(diags[0].Detail())
	}
	return nil
}

// checkConfig holds the rules between attributes.
func (m *directoryModel) checkConfig(ctx context.Context) (diags diag.Diagnostics) {
	m.Encryption.Get(ctx, &diags).check(&diags)
	return diags
}

// checkPlan holds the rules that need the provider's configuration.
func (m *directoryModel) checkPlan(ctx context.Context, data *providerData) (diags diag.Diagnostics) {
	if !data.isUnknown("platform") && !m.Invalidate.IsNull() && !data.platform.CDN {
		diags.AddAttributeError(path.Root("invalidate"), "Not available on this platform", fmt.Sprintf(
			"invalidate is set, but a store of platform %q has no CloudFront. Leave invalidate out.", data.platform.Name))
	}
	class := text("storage_class", m.StorageClass, awsclient.StorageClasses)
	class.set = class.set && m.StorageClass.ValueString() != "STANDARD"
	data.checkStore(&diags, class, ask{
		attribute: "encryption", set: !m.Encryption.IsNull() && !m.Encryption.IsUnknown(), feature: awsclient.Encryption,
	})
	return diags
}

func (m *directoryModel) resolve(ctx context.Context, t turn[directoryModel]) (diags diag.Diagnostics) {
	if err := m.setDefaults(ctx, *t.config); err != nil {
		diags.AddError("Invalid directory", err.Error())
		return diags
	}
	m.planned = true
	m.ID, m.ManifestKey = types.StringUnknown(), types.StringUnknown()
	m.Region, m.AccountID = types.StringUnknown(), accountOf(t.home)
	if !m.Bucket.IsUnknown() && !m.Prefix.IsUnknown() {
		m.ID = types.StringValue(m.importID())
	}
	switch {
	case t.prior != nil:
		m.ManifestKey, m.Region, m.AccountID = t.prior.ManifestKey, t.prior.Region, t.prior.AccountID
	case t.applying:
		m.ManifestKey = types.StringValue(directory.NewManifestKey(m.Prefix.ValueString()))
	case !m.ID.IsUnknown() && !t.data.reserve("directory "+m.importID()):
		diags.AddAttributeError(path.Root("prefix"), "Directory declared twice", fmt.Sprintf(
			"prefix is %q, and another spinup_directory of this configuration has the same prefix and the same bucket, %q. "+
				"Set another prefix for one of them.", m.Prefix.ValueString(), m.Bucket.ValueString()))
	}
	m.Digest, m.Changes, m.InvalidationID = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	m.Files, m.Bytes = fwtypes.Int64Unknown(), fwtypes.Int64Unknown()
	m.RemovalsPending, m.NextRemoval = fwtypes.Int64Unknown(), types.StringUnknown()
	m.FirstChanges, m.Drift = types.ListUnknown(types.StringType), textList(nil)
	if t.applying || diags.HasError() || !m.knowsSource(ctx) {
		return diags
	}
	m.foresee(ctx, t, &diags)
	return diags
}

// knowsSource reports whether everything is known that decides what is published.
func (m *directoryModel) knowsSource(ctx context.Context) bool {
	for _, value := range []attr.Value{
		m.Bucket, m.Prefix, m.Source, m.Include, m.Exclude, m.FollowSymlinks, m.AllowEmpty, m.CacheControl, m.ContentTypes,
		m.Headers, m.StorageClass, m.Encryption, m.Last, m.KeepRemoved, m.PartSize, m.MaxRemovals, m.Invalidate,
	} {
		if !fullyKnown(ctx, value) {
			return false
		}
	}
	return true
}

// foresee plans what an apply will do: by the files, and by the manifest that the refresh saw. It does not look at the
// bucket again, because the final plan of an apply must come to the same.
func (m *directoryModel) foresee(ctx context.Context, t turn[directoryModel], diags *diag.Diagnostics) {
	tree := m.tree(ctx, t.session, diags)
	if diags.HasError() {
		return
	}
	for _, pair := range tree.Similar {
		diags.AddAttributeWarning(path.Root("source"), "Names that differ by case only",
			"source has "+pair+", which are one file on some machines.")
	}
	want, d := m.spec(ctx, t.session)
	if diags.Append(d...); diags.HasError() {
		return
	}
	var manifest *directory.Manifest
	if t.prior != nil && m.seen.ETag != "" {
		conn, err := t.data.connect(ctx)
		if err == nil && len(t.data.unknown) > 0 {
			err = errProviderUnknown
		}
		if errors.Is(err, errProviderUnknown) {
			return
		}
		if err != nil {
			diags.Append(connectDiagnostic(err))
			return
		}
		if manifest, err = directory.Remembered(ctx, conn, want); err != nil {
			diags.AddAttributeError(path.Root("prefix"), unread("directory"), "prefix: "+
				withAdvice(err, awsclient.Permissions(directory.API{}))+"\n\nNothing was changed.")
			return
		}
	}
	m.Digest = types.StringValue(tree.Digest)
	m.Files, m.Bytes = fwtypes.NewInt64(int64(len(tree.Files))), fwtypes.NewInt64(tree.Bytes)
	repairs := 0
	if t.prior != nil {
		repairs, _ = strconv.Atoi(strings.TrimPrefix(t.prior.Digest.ValueString(), driftedDigest))
	}
	sum := directory.Summarize(want, manifest, repairs)
	if most := m.MaxRemovals; !most.IsNull() && int64(sum.Removals) > most.ValueInt64() {
		diags.AddAttributeError(path.Root("max_removals"), "Too many removals", fmt.Sprintf(
			"max_removals is %d, and this apply would remove %d files: %s. Raise it if that is meant.", most.ValueInt64(),
			sum.Removals, strings.Join(sum.First, ", ")))
	}
	m.foretell(t, manifest, sum)
}

// foretell writes what was foreseen into the plan. If nothing changes, it is what state has.
func (m *directoryModel) foretell(t turn[directoryModel], manifest *directory.Manifest, sum directory.Summary) {
	if t.prior != nil && m.Digest.Equal(t.prior.Digest) && sum.IsNothing() {
		p := t.prior
		m.Changes, m.FirstChanges, m.Drift, m.InvalidationID = p.Changes, p.FirstChanges, p.Drift, p.InvalidationID
		m.RemovalsPending, m.NextRemoval = p.RemovalsPending, p.NextRemoval
		return
	}
	m.Changes, m.FirstChanges = types.StringValue(sum.Changes), textList(sum.First)
	if !sum.Retires && !manifest.HasRetired() {
		m.RemovalsPending, m.NextRemoval = fwtypes.NewInt64(0), types.StringNull()
	}
	switch {
	case m.Invalidate.IsNull() && t.prior == nil:
		m.InvalidationID = types.StringNull()
	case t.prior != nil && (m.Invalidate.IsNull() || !sum.Purges):
		m.InvalidationID = t.prior.InvalidationID
	}
}

// trees are the sources that this plan or apply has read.
type trees struct {
	mu  sync.Mutex
	all map[string]*directory.Tree
}

// tree reads the source, once for a plan or an apply.
func (m *directoryModel) tree(ctx context.Context, s session, diags *diag.Diagnostics) *directory.Tree {
	source := m.source(ctx, diags)
	if diags.HasError() {
		return nil
	}
	key := fmt.Sprintf("%+v", source)
	s.data.trees.mu.Lock()
	defer s.data.trees.mu.Unlock()
	if known := s.data.trees.all[key]; known != nil {
		return known
	}
	tree, err := directory.Scan(ctx, source)
	if err != nil {
		diags.AddAttributeError(path.Root("source"), "Invalid source", fmt.Sprintf("source is %q: %s.",
			m.Source.ValueString(), err))
		return nil
	}
	if s.data.trees.all == nil {
		s.data.trees.all = map[string]*directory.Tree{}
	}
	s.data.trees.all[key] = tree
	return tree
}

// source is which files are published, and how.
func (m *directoryModel) source(ctx context.Context, diags *diag.Diagnostics) directory.Source {
	encryption := m.Encryption.Get(ctx, diags)
	s := directory.Source{
		Dir:     m.Source.ValueString(),
		Include: globsOf(m.Include, nil), Exclude: globsOf(m.Exclude, directory.DefaultExclude()),
		FollowSymlinks: m.FollowSymlinks.ValueBool(), AllowEmpty: m.AllowEmpty.ValueBool(), Last: m.last(),
		PartSize: cmp.Or(m.PartSize.ValueInt64(), content.PartSize),
		Rules: directory.Rules{
			StorageClass: m.StorageClass.ValueString(), Algorithm: encryption.Algorithm.ValueString(),
			KMSKey: encryption.KMSKeyARN.ValueString(), ContentTypes: map[content.Glob]string{},
		},
	}
	if !encryption.BucketKey.IsNull() && strings.HasPrefix(s.Algorithm, "aws:kms") {
		s.BucketKey = encryption.BucketKey.ValueBoolPointer()
	}
	for _, rule := range objectsOf[cacheControlModel](ctx, m.CacheControl, diags) {
		s.CacheControl = append(s.CacheControl, directory.CacheRule{
			Match: content.Glob(rule.Match.ValueString()), Value: rule.Value.ValueString(),
		})
	}
	for glob, value := range m.ContentTypes.Elements() {
		if text, ok := value.(types.String); ok {
			s.ContentTypes[content.Glob(glob)] = text.ValueString()
		}
	}
	for _, rule := range objectsOf[directoryHeadersModel](ctx, m.Headers, diags) {
		metadata := map[string]string{}
		diags.Append(rule.Metadata.ElementsAs(ctx, &metadata, false)...)
		s.Headers = append(s.Headers, directory.HeaderRule{
			Match:           content.Glob(rule.Match.ValueString()),
			ContentEncoding: rule.ContentEncoding.ValueString(), ContentDisposition: rule.ContentDisposition.ValueString(),
			ContentLanguage: rule.ContentLanguage.ValueString(), Metadata: metadata,
		})
	}
	return s
}

func (m *directoryModel) last() content.Globs { return globsOf(m.Last, directory.DefaultLast()) }

// globsOf are the patterns of a list, or the default of an unset one.
func globsOf(list types.List, otherwise []string) content.Globs {
	if list.IsNull() {
		return content.GlobsOf(otherwise...)
	}
	return content.GlobsOf(textsIn(list)...)
}

// objectsOf are the objects in a list.
func objectsOf[M any](ctx context.Context, list types.List, diags *diag.Diagnostics) []M {
	var all []M
	for _, element := range list.Elements() {
		object, ok := element.(types.Object)
		if !ok || object.IsNull() || object.IsUnknown() {
			continue
		}
		var one M
		diags.Append(object.As(ctx, &one, basetypes.ObjectAsOptions{})...)
		all = append(all, one)
	}
	return all
}

func (m *directoryModel) spec(ctx context.Context, s session) (spec directory.Spec, diags diag.Diagnostics) {
	keep := m.KeepRemoved.Get(ctx, &diags)
	span, _ := time.ParseDuration(cmp.Or(keep.For.ValueString(), defaultKeep)) // the schema has checked it
	spec = directory.Spec{
		Bucket: m.Bucket.ValueString(), Prefix: m.Prefix.ValueString(), ManifestKey: m.ManifestKey.ValueString(),
		Digest: m.Digest.ValueString(), SourceName: filepath.Base(m.Source.ValueString()), At: m.seen.At,
		Keep:      directory.Keep{For: span, Match: globsOf(keep.Match, nil), AllButPages: keep.Match.IsNull()},
		Last:      m.last(),
		Overwrite: m.Overwrite.ValueBool(), Verify: m.Verify.ValueString(), DeleteVersions: m.DeleteVersions.ValueBool(),
		Retain: m.OnDestroy.ValueString() == destroyRetains, Concurrency: int(m.Concurrency.ValueInt64()),
	}
	spec.Folders = s.data.platform.Folders
	if s.conn != nil {
		spec.Now = s.conn.Pace.Now()
	}
	if !m.Invalidate.IsNull() && !m.Invalidate.IsUnknown() {
		invalidate := m.Invalidate.Get(ctx, &diags)
		spec.Invalidate = &directory.Invalidate{
			DistributionID: invalidate.DistributionID.ValueString(), MaxPaths: int(invalidate.MaxPaths.ValueInt64()),
			Wait: invalidate.Wait.ValueBool(),
		}
	}
	if !m.planned || diags.HasError() || !m.knowsSource(ctx) {
		return spec, diags
	}
	spec.Seen = m.seen.ETag
	if spec.Tree = m.tree(ctx, s, &diags); spec.Tree == nil {
		return spec, diags
	}
	if planned := m.Digest.ValueString(); !m.Digest.IsUnknown() && planned != spec.Tree.Digest {
		diags.AddAttributeError(path.Root("source"), "Source changed since the plan", fmt.Sprintf(
			"source is %q, whose digest is now %s and was %s. Nothing was changed; plan and apply again.",
			m.Source.ValueString(), spec.Tree.Digest, planned))
	}
	spec.Digest = spec.Tree.Digest
	return spec, diags
}

// fill records what was seen.
func (m *directoryModel) fill(
	_ context.Context, t turn[directoryModel], w reconcile.Wish[directory.Spec], have directory.Status,
) (diags diag.Diagnostics) {
	m.ID = types.StringValue(m.importID())
	m.Region, m.AccountID = optional(directory.RegionOf(t.conn, w.Want)), optional(t.conn.AccountID)
	m.seen = sightOfDirectory{have.Manifest.Due(w.Want.Keep, t.conn.Pace.Now()), have.ETag}
	drift := have.Drift(w.Want)
	m.Digest = optional(have.Digest())
	if len(drift) > 0 {
		m.Digest = types.StringValue(driftedDigest + strconv.Itoa(len(drift)))
	}
	if len(drift) > shownDrift {
		drift = append(drift[:shownDrift:shownDrift], fmt.Sprintf("(%d more)", len(drift)-shownDrift))
	}
	m.Drift = textList(drift)
	files, bytes := have.Manifest.Size()
	m.Files, m.Bytes = fwtypes.NewInt64(int64(files)), fwtypes.NewInt64(bytes)
	pending, next := have.Manifest.Waiting(w.Want.Keep)
	m.RemovalsPending, m.NextRemoval = fwtypes.NewInt64(int64(pending)), date(next)
	switch {
	case have.InvalidationID != "":
		m.InvalidationID = types.StringValue(have.InvalidationID)
	case m.InvalidationID.IsUnknown() && t.prior != nil:
		m.InvalidationID = t.prior.InvalidationID
	case m.InvalidationID.IsUnknown():
		m.InvalidationID = types.StringNull()
	}
	if m.FirstChanges.IsUnknown() {
		m.FirstChanges = types.ListNull(types.StringType)
	}
	return diags
}

package website

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// edge fakes CloudFront: distributions by their id, in order. A change takes three looks to be deployed.
type edge struct {
	journal
	order   []string
	all     map[string]*types.Distribution
	tags    map[string]map[string]string
	version int            // of all distributions, in their ETags
	pending map[string]int // looks until a distribution is deployed
	lost    error          // the answer to a creation that succeeded
	stale   int            // how many writes are overtaken by somebody who adds a behavior
	deleted []string
}

func newEdge() *edge {
	return &edge{all: map[string]*types.Distribution{}, tags: map[string]map[string]string{}, pending: map[string]int{}}
}

// add makes a distribution that is deployed.
func (e *edge) add(id string, tags map[string]string, want Settings) {
	config := &types.DistributionConfig{}
	want.write(config, "own")
	e.order = append(e.order, id)
	e.all[id] = &types.Distribution{
		Id: &id, ARN: aws.String(strings.TrimSuffix(distARN, "E1") + id), DomainName: aws.String(target), DistributionConfig: config,
	}
	if tags == nil {
		tags = map[string]string{}
	}
	e.tags[id] = tags
}

func (e *edge) status(id string) *string {
	if e.pending[id] > 0 {
		return aws.String("InProgress")
	}
	return aws.String(deployed)
}

func idOf(arn *string) string { return (*arn)[strings.LastIndex(*arn, "/")+1:] }

// check refuses a write of what was read before somebody else's.
func (e *edge) check(id, etag *string) error {
	if _, ok := e.all[*id]; !ok {
		return refused("NoSuchDistribution", 1)
	}
	if e.stale--; e.stale >= 0 {
		e.version++
		e.all[*id].DistributionConfig.CacheBehaviors = &types.CacheBehaviors{
			Quantity: aws.Int32(1), Items: []types.CacheBehavior{{PathPattern: aws.String("/api")}},
		}
	}
	if *etag != strconv.Itoa(e.version) {
		return refused("PreconditionFailed", 1)
	}
	return nil
}

func (e *edge) api(w *website) {
	w.CreateDistributionWithTags = cf(&e.journal, func(
		in *cloudfront.CreateDistributionWithTagsInput,
	) (*cloudfront.CreateDistributionWithTagsOutput, error) {
		if e.lost == nil || awsclient.IsExists(e.lost) && awsclient.MayHaveWorked(e.lost) {
			e.add("E1", map[string]string{}, seenSettings(in.DistributionConfigWithTags.DistributionConfig))
			for _, tag := range in.DistributionConfigWithTags.Tags.Items {
				e.tags["E1"][*tag.Key] = *tag.Value
			}
		}
		return &cloudfront.CreateDistributionWithTagsOutput{Distribution: e.all["E1"]}, e.lost
	})
	w.GetDistribution = cf(&e.journal, func(in *cloudfront.GetDistributionInput) (*cloudfront.GetDistributionOutput, error) {
		d, ok := e.all[*in.Id]
		if !ok {
			return nil, refused("NoSuchDistribution", 1)
		}
		seen := *d
		seen.Status = e.status(*in.Id)
		e.pending[*in.Id]--
		config := *d.DistributionConfig
		seen.DistributionConfig = &config
		return &cloudfront.GetDistributionOutput{Distribution: &seen, ETag: aws.String(strconv.Itoa(e.version))}, nil
	})
	w.ListDistributions = cf(&e.journal, func(in *cloudfront.ListDistributionsInput) (*cloudfront.ListDistributionsOutput, error) {
		list := &types.DistributionList{}
		for _, id := range e.order {
			if d, ok := e.all[id]; ok {
				c := d.DistributionConfig
				list.Items = append(list.Items, types.DistributionSummary{
					Id: &id, Aliases: c.Aliases, Enabled: c.Enabled, Comment: c.Comment, Status: e.status(id),
				})
			}
		}
		if in.Marker == nil && len(list.Items) > 1 { // two pages
			list.Items, list.IsTruncated, list.NextMarker = list.Items[:1], aws.Bool(true), aws.String("1")
		} else if in.Marker != nil {
			list.Items = list.Items[1:]
		}
		return &cloudfront.ListDistributionsOutput{DistributionList: list}, nil
	})
	w.ListTagsForResource = cf(&e.journal, func(
		in *cloudfront.ListTagsForResourceInput,
	) (*cloudfront.ListTagsForResourceOutput, error) {
		return &cloudfront.ListTagsForResourceOutput{Tags: &types.Tags{Items: tagList(e.tags[idOf(in.Resource)])}}, nil
	})
	w.UpdateDistribution = cf(&e.journal, func(
		in *cloudfront.UpdateDistributionInput,
	) (*cloudfront.UpdateDistributionOutput, error) {
		if err := e.check(in.Id, in.IfMatch); err != nil {
			return nil, err
		}
		e.version++
		e.pending[*in.Id] = 3
		e.all[*in.Id].DistributionConfig = in.DistributionConfig
		return &cloudfront.UpdateDistributionOutput{}, nil
	})
	w.DeleteDistribution = cf(&e.journal, func(
		in *cloudfront.DeleteDistributionInput,
	) (*cloudfront.DeleteDistributionOutput, error) {
		if err := e.check(in.Id, in.IfMatch); err != nil {
			return nil, err
		}
		if e.pending[*in.Id] > 0 || *e.all[*in.Id].DistributionConfig.Enabled {
			return nil, refused("DistributionNotDisabled", 1)
		}
		e.deleted = append(e.deleted, *in.Id)
		delete(e.all, *in.Id)
		return &cloudfront.DeleteDistributionOutput{}, nil
	})
	w.TagResource = cf(&e.journal, func(in *cloudfront.TagResourceInput) (*cloudfront.TagResourceOutput, error) {
		for _, tag := range in.Tags.Items {
			e.tags[idOf(in.Resource)][*tag.Key] = *tag.Value
		}
		return &cloudfront.TagResourceOutput{}, nil
	})
	w.UntagResource = cf(&e.journal, func(in *cloudfront.UntagResourceInput) (*cloudfront.UntagResourceOutput, error) {
		for _, key := range in.TagKeys.Items {
			delete(e.tags[idOf(in.Resource)], key)
		}
		return &cloudfront.UntagResourceOutput{}, nil
	})
}

// ready is what was seen when the distribution's turn comes.
func ready() Status {
	return Status{Access: &Access{ID: "A1"}, Certificate: &Certificate{ARN: certARN}}
}

// TestCreateDistribution: one whose answer was lost is found by its names, and is the site's by its tag.
func TestCreateDistribution(t *testing.T) {
	for name, row := range map[string]struct {
		lost   error
		holder map[string]string // the tags of another distribution that has the name
		ok     bool
	}{
		"created":                 {nil, nil, true},
		"answer lost":             {refused("CNAMEAlreadyExists", 2), nil, true},
		"name taken":              {refused("CNAMEAlreadyExists", 1), map[string]string{}, false},
		"taken, own":              {refused("CNAMEAlreadyExists", 1), map[string]string{markerTag: domain}, false},
		"not created after tries": {refused("InternalError", 3), map[string]string{markerTag: "a.example.edu"}, false},
		"refused":                 {refused("InvalidArgument", 1), nil, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			e, w := newEdge(), site()
			e.api(&w)
			e.lost = row.lost
			if row.holder != nil {
				e.add("E0", row.holder, Settings{Names: []string{domain}, Enabled: true})
			}
			s, o := simple(), ready()
			s.Wait = true
			err := w.applyDistribution(t.Context(), wish{Want: s}, &o)
			if !row.ok {
				if !errors.Is(err, row.lost) || o.Distribution != nil {
					t.Errorf("%s: %v, known is %+v", name, err, o.Distribution)
				}
				return
			}
			if err != nil || o.Distribution == nil || o.Distribution.ID != "E1" || !o.Distribution.await {
				t.Fatalf("%s: %v, known is %+v", name, err, o.Distribution)
			}
			if diff := cmp.Diff(s.settings(ready()), o.Distribution.Settings); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			if diff := cmp.Diff(map[string]string{markerTag: domain}, e.tags["E1"]); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		})
	}
}

// TestApplyDistribution: an update writes over what is there by then, and only what differs is written.
func TestApplyDistribution(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, w := newEdge(), site()
		e.api(&w)
		s := simple()
		s.Bucket.Tags = map[string]string{"A": "1"}
		live := s.settings(ready())
		live.PriceClass = "PriceClass_All"
		e.add("E1", map[string]string{markerTag: domain, "B": "old"}, live)
		s.DistributionID = "E1"
		o, part := ready(), w.distribution()
		if err := part.Observe(t.Context(), wish{Want: s}, &o); err != nil || part.InSync(wish{Want: s}, o) {
			t.Fatal("seen as in sync", err)
		}
		e.stale = 2
		if err := part.Apply(t.Context(), wish{Want: s}, &o); err != nil {
			t.Fatal(err)
		}
		if n := e.count("UpdateDistribution"); n != 3 {
			t.Errorf("updated %d times", n)
		}
		if err := part.Observe(t.Context(), wish{Want: s}, &o); err != nil || !part.InSync(wish{Want: s}, o) {
			t.Error("not in sync", err)
		}
		if diff := cmp.Diff([]string{"cache behavior /api"}, o.Distribution.Foreign); diff != "" {
			t.Errorf("what was added meanwhile: %s", diff)
		}
		if diff := cmp.Diff(map[string]string{markerTag: domain, "A": "1"}, e.tags["E1"]); diff != "" {
			t.Error(diff)
		}
		e.journal = nil
		if err := part.Apply(t.Context(), wish{Want: s}, &o); err != nil {
			t.Fatal(err)
		}
		e.want(t)
	})
}

// TestObserveDistribution: without an id the name finds the distribution, and the tag tells whether it is the site's.
func TestObserveDistribution(t *testing.T) {
	for name, row := range map[string]struct {
		want         Spec
		tags         map[string]string
		seen, holder string
	}{
		"known":           {Spec{DistributionID: "E1"}, nil, "E1", ""},
		"known and gone":  {Spec{DistributionID: "E7"}, map[string]string{markerTag: domain}, "", ""},
		"own":             {Spec{}, map[string]string{markerTag: domain}, "E1", ""},
		"of another site": {Spec{}, map[string]string{markerTag: "a.example.edu"}, "", "E1"},
		"imported":        {Spec{ReadAll: true}, nil, "E1", ""},
		"no such name":    {Spec{Redirects: []string{"b.example.edu"}}, nil, "", "E1"},
	} {
		e, w := newEdge(), site()
		e.api(&w)
		e.add("E0", nil, Settings{Names: []string{domain}})
		e.add("E1", row.tags, Settings{Names: []string{domain}, Enabled: true})
		e.add("E2", nil, Settings{Names: []string{domain}})
		o := Status{}
		row.want.Domain = domain
		asked := wish{Want: row.want}
		if row.want.DistributionID != "" {
			asked = reconcile.Keep(row.want)
		}
		if err := w.observeDistribution(t.Context(), asked, &o); err != nil {
			t.Fatal(name, err)
		}
		seen, holder := "", ""
		if o.Holder != nil {
			holder = o.Holder.ID
		}
		if o.Distribution != nil {
			seen = o.Distribution.ID
		}
		if seen != row.seen || holder != row.holder {
			t.Errorf("%s: seen is %q, holder %q", name, seen, holder)
		}
	}
}

// TestDistribution_checks: what refuses before the first write.
func TestDistribution_checks(t *testing.T) {
	part := site().distribution()
	function := func(arn string) Status {
		return Status{Distribution: &Distribution{ID: "E1", Settings: Settings{FunctionARN: arn}}}
	}
	for name, row := range map[string]struct {
		directories bool
		have        Status
		want        string
	}{
		"nothing there":         {true, Status{}, ""},
		"others' function":      {true, function("arn:f/theirs"), "runs the function arn:f/theirs of another owner"},
		"others', none of ours": {false, function("arn:f/theirs"), ""},
		"own that is lost":      {true, function("arn:f/" + simple().id()), ""},
		"no function":           {true, function(""), ""},
	} {
		s := simple()
		s.DirectoryIndex = row.directories
		err := part.CanApply(t.Context(), wish{Want: s}, row.have)
		if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	o := Status{Distribution: &Distribution{ID: "E1", Foreign: []string{"origin api"}}}
	s := simple()
	if err := part.CanRemove(t.Context(), wish{Want: s}, o); err == nil || !strings.Contains(err.Error(), "origin api") {
		t.Errorf("a destroy would lose an origin: %v", err)
	}
	if s.Bucket.ForceDestroy = true; part.CanRemove(t.Context(), wish{Want: s}, o) != nil {
		t.Error("force_destroy is refused")
	}
}

// TestRemoveDistribution: disabled without its names, then deleted when that is deployed, or left to a later run.
func TestRemoveDistribution(t *testing.T) {
	for name, row := range map[string]struct {
		mode    string
		live    func(*Settings)
		updates int
		deleted bool
	}{
		"wait":             {DestroyWait, func(*Settings) {}, 1, true},
		"disabled already": {DestroyWait, func(s *Settings) { s.Enabled, s.Names = false, nil }, 0, true},
		"names left":       {DestroyWait, func(s *Settings) { s.Enabled = false }, 1, true},
		"disable":          {DestroyDisable, func(s *Settings) { s.Comment = "a comment" }, 1, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			e, w := newEdge(), site()
			e.api(&w)
			s, o := simple(), ready()
			s.DistributionID, s.DestroyMode = "E1", row.mode
			live := s.settings(o)
			row.live(&live)
			e.add("E1", map[string]string{markerTag: domain}, live)
			if err := w.observeDistribution(t.Context(), wish{Want: s}, &o); err != nil {
				t.Fatal(err)
			}
			if err := w.removeDistribution(t.Context(), wish{Want: s}, &o); err != nil {
				t.Fatal(name, err)
			}
			if o.Distribution != nil || o.target != target || o.retired == row.deleted || e.count("UpdateDistribution") != row.updates ||
				(len(e.deleted) == 1) != row.deleted {
				t.Errorf("%s: %+v, deleted are %v, called were %v", name, o, e.deleted, e.journal)
			}
			if row.deleted {
				return
			}
			left := seenSettings(e.all["E1"].DistributionConfig)
			if left.Enabled || left.Names != nil || left.CertificateARN != "" || left.Comment != domain || e.tags["E1"][reapTag] != domain ||
				slices.Contains(e.journal, "DeleteDistribution") {
				t.Errorf("%s: left is %+v with the tags %v", name, left, e.tags["E1"])
			}
		})
	}
}

// TestRemoveDistribution_timeout: one that is never deployed is an error, and stays known.
func TestRemoveDistribution_timeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, w := newEdge(), site()
		e.api(&w)
		s, o := simple(), ready()
		s.DistributionID, s.DestroyMode = "E1", DestroyWait
		e.add("E1", nil, Settings{})
		e.pending["E1"] = 1 << 30
		get := w.GetDistribution
		w.GetDistribution = func(
			ctx context.Context, in *cloudfront.GetDistributionInput, options ...func(*cloudfront.Options),
		) (*cloudfront.GetDistributionOutput, error) {
			if err := awsclient.Wait(ctx, time.Millisecond); err != nil { // the SDK's waiter spins if a call takes no time
				return nil, err
			}
			return get(ctx, in, options...)
		}
		if err := w.observeDistribution(t.Context(), wish{Want: s}, &o); err != nil {
			t.Fatal(err)
		}
		err := w.removeDistribution(t.Context(), wish{Want: s}, &o)
		if err == nil || !strings.Contains(err.Error(), "E1 to be deployed") || o.Distribution == nil || len(e.deleted) > 0 {
			t.Errorf("%v, known is %v, deleted %v", err, o.Distribution, e.deleted)
		}
	})
}

// TestReap: what earlier runs left disabled is deleted once that is deployed, with what only it used.
func TestReap(t *testing.T) {
	off := Settings{Comment: domain}
	attached := off
	attached.AccessID, attached.FunctionARN = "A1", "arn:f"
	on := off
	on.Enabled = true
	tagged := map[string]string{reapTag: domain}
	for name, row := range map[string]struct {
		tags    map[string]string
		live    Settings
		pending int
		again   bool // there is a new site of the domain
		deleted string
		rest    bool // function, origin access control and certificate go
	}{
		"left":              {tagged, off, 0, false, "E1", true},
		"not deployed":      {tagged, off, 9, false, "", false},
		"former version":    {tagged, attached, 0, false, "", false},
		"enabled":           {tagged, on, 0, false, "", false},
		"no tag":            {map[string]string{markerTag: domain}, off, 0, false, "", false},
		"no site's comment": {tagged, Settings{Comment: "off"}, 0, false, "", false},
		"site is back":      {tagged, off, 0, true, "E1", false},
	} {
		synctest.Test(t, func(t *testing.T) {
			e, a, w := newEdge(), newAuthority(), site()
			e.api(&w)
			a.api(&w)
			records(&a.journal, &w)
			a.add(certARN, domain, []string{domain}, "ISSUED")
			a.add(certARN+"2", "", []string{domain}, "ISSUED")
			rest := reapable(&e.journal, &w)
			e.add("E0", nil, Settings{Comment: "somebody's"})
			e.add("E1", row.tags, row.live)
			e.pending["E1"] = row.pending
			if row.again {
				e.add("E2", nil, Settings{Names: []string{domain}, Enabled: true})
			}
			said, waiting, err := w.reapAll(t.Context())
			if err != nil {
				t.Fatal(name, err)
			}
			waits := !row.live.Enabled && row.tags[reapTag] != "" && row.live.Comment == domain && row.deleted == ""
			if want := []string{"E1 of " + domain}; row.deleted != "" && !slices.Equal(said, want) ||
				waits != slices.Equal(waiting, want) || len(said)+len(waiting) > 1 {
				t.Errorf("%s: said to be deleted are %q, waiting %q", name, said, waiting)
			}
			if row.live.AccessID != "" {
				e.pending["E1"] = 0
				if _, err := w.reap(t.Context()); err != nil || len(e.deleted) != 1 || len(rest.deleted) != 2 {
					t.Errorf("%s: the next run deletes %v and %v, %v", name, e.deleted, rest.deleted, err)
				}
				return
			}
			if got := strings.Join(e.deleted, " "); got != row.deleted {
				t.Errorf("%s: deleted are %q", name, got)
			}
			gone := len(rest.deleted) == 2 && a.detail[certARN] == nil
			if gone != row.rest || !row.rest && (len(rest.deleted) > 0 || a.detail[certARN] == nil) || a.detail[certARN+"2"] == nil {
				t.Errorf("%s: deleted are %v too, certificates are %v", name, rest.deleted, a.detail)
			}
		})
	}
}

// TestReap_denied: whatever is denied, the distribution that bears the mark stays, and a later run finds the rest again.
func TestReap_denied(t *testing.T) {
	denied := refused("AccessDenied", 1)
	for name, deny := range map[string]func(*website){
		"function": func(w *website) {
			w.DeleteFunction = cf(new(journal), func(*cloudfront.DeleteFunctionInput) (*cloudfront.DeleteFunctionOutput, error) {
				return nil, denied
			})
		},
		"control": func(w *website) {
			w.DeleteOriginAccessControl = cf(new(journal), func(
				*cloudfront.DeleteOriginAccessControlInput,
			) (*cloudfront.DeleteOriginAccessControlOutput, error) {
				return nil, denied
			})
		},
		"certificate": func(w *website) {
			w.DeleteCertificate = certs(new(journal), func(*acm.DeleteCertificateInput) (*acm.DeleteCertificateOutput, error) {
				return nil, denied
			})
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			e, a, w := newEdge(), newAuthority(), site()
			e.api(&w)
			a.api(&w)
			records(&a.journal, &w)
			a.add(certARN, domain, []string{domain}, "ISSUED")
			rest := reapable(&e.journal, &w)
			e.add("E1", map[string]string{reapTag: domain}, Settings{Comment: domain})
			allowed := w
			deny(&w)
			if _, err := w.reap(t.Context()); !errors.Is(err, denied) || !strings.Contains(err.Error(), "the distribution E1") ||
				len(e.deleted) > 0 {
				t.Errorf("%s: deleted are %v, %v", name, e.deleted, err)
			}
			if _, err := allowed.reap(t.Context()); err != nil || len(e.deleted) != 1 || len(rest.deleted) != 2 ||
				a.detail[certARN] != nil {
				t.Errorf("%s: then deleted are %v and %v, %v", name, e.deleted, rest.deleted, err)
			}
		})
	}
}

// TestReap_error names the distribution.
func TestReap_error(t *testing.T) {
	e, a, w := newEdge(), newAuthority(), site()
	e.api(&w)
	a.api(&w)
	reapable(&e.journal, &w)
	e.add("E1", map[string]string{reapTag: domain}, Settings{Comment: domain})
	denied := refused("AccessDenied", 1)
	w.DeleteDistribution = cf(&e.journal, func(
		*cloudfront.DeleteDistributionInput,
	) (*cloudfront.DeleteDistributionOutput, error) {
		return nil, denied
	})
	if _, err := w.reap(t.Context()); !errors.Is(err, denied) || !strings.Contains(err.Error(), "the distribution E1") {
		t.Error(err)
	}
}

// leftovers are a function and an origin access control. Each is in use for a moment after the distribution has gone.
type leftovers struct {
	deleted []string
	inUse   int
}

func reapable(j *journal, w *website) *leftovers {
	l := &leftovers{inUse: 2}
	w.DescribeFunction = cf(j, func(in *cloudfront.DescribeFunctionInput) (*cloudfront.DescribeFunctionOutput, error) {
		if *in.Name != simple().id() || slices.Contains(l.deleted, *in.Name) {
			return nil, refused("NoSuchFunctionExists", 1)
		}
		return &cloudfront.DescribeFunctionOutput{
			ETag: aws.String("F"), FunctionSummary: functionOf(*in.Name, simple().mark()),
		}, nil
	})
	w.GetFunction = cf(j, func(*cloudfront.GetFunctionInput) (*cloudfront.GetFunctionOutput, error) {
		return &cloudfront.GetFunctionOutput{FunctionCode: []byte("old")}, nil
	})
	w.DeleteFunction = cf(j, func(in *cloudfront.DeleteFunctionInput) (*cloudfront.DeleteFunctionOutput, error) {
		if l.inUse--; l.inUse > 0 || *in.IfMatch != "F" {
			return nil, &awsclient.CallError{Code: "FunctionInUse", HTTPStatus: 409}
		}
		l.deleted = append(l.deleted, *in.Name)
		return &cloudfront.DeleteFunctionOutput{}, nil
	})
	w.ListOriginAccessControls = cf(j, func(
		*cloudfront.ListOriginAccessControlsInput,
	) (*cloudfront.ListOriginAccessControlsOutput, error) {
		list := &types.OriginAccessControlList{}
		if !slices.Contains(l.deleted, "A1") {
			list.Items = []types.OriginAccessControlSummary{
				{Id: aws.String("A1"), Name: aws.String(simple().id()), Description: aws.String(simple().mark())},
			}
		}
		return &cloudfront.ListOriginAccessControlsOutput{OriginAccessControlList: list}, nil
	})
	w.GetOriginAccessControl = cf(j, func(
		*cloudfront.GetOriginAccessControlInput,
	) (*cloudfront.GetOriginAccessControlOutput, error) {
		return &cloudfront.GetOriginAccessControlOutput{ETag: aws.String("A")}, nil
	})
	w.DeleteOriginAccessControl = cf(j, func(
		in *cloudfront.DeleteOriginAccessControlInput,
	) (*cloudfront.DeleteOriginAccessControlOutput, error) {
		if *in.IfMatch != "A" {
			return nil, refused("PreconditionFailed", 1)
		}
		l.deleted = append(l.deleted, *in.Id)
		return &cloudfront.DeleteOriginAccessControlOutput{}, nil
	})
	return l
}

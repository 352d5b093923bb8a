package provider_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
)

// bucketsFilters are the filters beside the prefix, and the ends of the names of the buckets that they leave.
var bucketsFilters = map[string]struct {
	filter string
	want   []string
}{
	"prefix":      {``, []string{"-data", "-logs", "-plain", "-web"}},
	"regex":       {`name_regex = "-(web|data)$"`, []string{"-data", "-web"}},
	"tag":         {`tags = { Env = "prod" }`, []string{"-logs", "-web"}},
	"two tags":    {`tags = { Env = "prod", Team = "web" }`, []string{"-web"}},
	"no such tag": {`tags = { Env = "" }`, nil},
	"org":         {`org = "physics"`, []string{"-data", "-web"}},
	"all at once": {"org = \"physics\"\nname_regex = \"a$\"\ntags = { Env = \"test\" }", []string{"-data"}},
	"nothing":     {`name_regex = "^$"`, nil},
}

// TestAccBucketsDataSource lists buckets through every filter. Other tests have buckets in the same account, so that all
// lists but the whole one stay within the names of this test.
func TestAccBucketsDataSource(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		for suffix, tags := range map[string]map[string]string{
			"-web": {"spinup:org": "physics", "Env": "prod", "Team": "web"}, "-data": {"spinup:org": "physics", "Env": "test"},
			"-logs": {"Env": "prod"}, "-plain": nil,
		} {
			b.MakeBucket(t, b.Name+suffix)
			putTags(t, b, b.Name+suffix, tags)
		}
		bodies := map[string]string{"whole account": "", "prefix alone": fmt.Sprintf("name_prefix = %q", b.Name+"-w")}
		for name, row := range bucketsFilters {
			bodies[name] = fmt.Sprintf("name_prefix = %q\n%s", b.Name, row.filter)
		}
		lists := listBuckets(t, b, bodies)

		for name, row := range bucketsFilters {
			want := []string{}
			for _, suffix := range row.want {
				want = append(want, b.Name+suffix)
			}
			if diff := cmp.Diff(want, lists[name].Names); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			for i, one := range lists[name].Buckets {
				if len(lists[name].Buckets) != len(want) || one["name"] != want[i] {
					t.Errorf("%s: buckets %v, want %v", name, lists[name].Buckets, want)
				}
			}
		}
		live := acctest.Must(b.S3().ListBuckets(t.Context(), &s3.ListBucketsInput{Prefix: aws.String(b.Name + "-w")}))(t)
		want := []map[string]string{{
			"name": b.Name + "-web", "arn": "arn:aws:s3:::" + b.Name + "-web", "region": acctest.Region,
			"creation_date": live.Buckets[0].CreationDate.UTC().Format("2006-01-02T15:04:05Z"),
		}}
		same(t, "prefix alone", want, lists["prefix alone"].Buckets)
		whole := lists["whole account"].Names
		if !slices.IsSorted(whole) || !slices.Contains(whole, b.Name+"-web") || !slices.Contains(whole, b.Name+"-plain") {
			t.Errorf("whole account: %v, want all of them, sorted", whole)
		}
	})
}

// bucketList is what data.spinup_buckets says.
type bucketList struct {
	Names   []string
	Buckets []map[string]string
}

// listBuckets reads one data source for each body, all in one run.
func listBuckets(t *testing.T, b *acctest.Bench, bodies map[string]string) map[string]bucketList {
	t.Helper()
	var config, output strings.Builder
	for name, body := range bodies {
		label := strings.ReplaceAll(name, " ", "_")
		fmt.Fprintf(&config, "data \"spinup_buckets\" %q {\n%s\n}\n", label, body)
		fmt.Fprintf(&output, "%q = data.spinup_buckets.%s\n", name, label)
	}
	tf := b.Served(t)
	tf.Write(b.Provider() + config.String() + "output \"lists\" {\nvalue = {\n" + output.String() + "}\n}\n")
	tf.Apply()
	var lists map[string]bucketList
	if err := json.Unmarshal([]byte(tf.Must("output", "-json", "lists")), &lists); err != nil {
		t.Fatal(err)
	}
	return lists
}

// putTags puts tags on a bucket behind the provider's back.
func putTags(t *testing.T, b *acctest.Bench, bucket string, tags map[string]string) {
	t.Helper()
	tagging := &types.Tagging{TagSet: []types.Tag{}}
	for key, value := range tags {
		tagging.TagSet = append(tagging.TagSet, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	acctest.Must(b.S3().PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{Bucket: &bucket, Tagging: tagging}))(t)
}

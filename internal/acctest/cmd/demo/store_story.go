package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// The users of the example, a bucket that is not theirs, and the object that they write.
const (
	lab         = "demo-lab"
	library     = "demo-library"
	otherBucket = "other-data-example-edu"
	pageKey     = "hello.txt"
)

// userAddress is a user of the example; its access key is "demo-" and the key of the instance.
func userAddress(accessKey string) string {
	return fmt.Sprintf("spinup_gateway_user.demo[%q]", strings.TrimPrefix(accessKey, "demo-"))
}

// The values of the variable that says whose the bucket is, and of the one that rotates, after an import.
const (
	given     = "-var=owner=library"
	unmanaged = "-var=rotation="
)

// credential is an access key and its secret; the zero value is nobody's.
type credential struct{ access, secret string }

// storeStory is the demo of a bucket and its owner on VersityGW while it is played.
type storeStory struct {
	*story
	world   storeWorld
	secrets map[string]string // of the users, as the last apply has them
}

// storeWorld is what exists in the store, seen and changed without Terraform. The refusal of a call is the code of the
// error that answers it, "" when it is allowed.
type storeWorld interface {
	// makeBucket makes a bucket of root's, with an object.
	makeBucket(ctx context.Context, name string) error
	put(ctx context.Context, key credential, bucket string) (refusal string, err error)
	get(ctx context.Context, key credential, bucket string) (refusal string, err error)
	// tamper deletes the bucket's tags and gives it to another owner.
	tamper(ctx context.Context, bucket, owner string) error
	// look says who owns the bucket, and how many tags it has.
	look(ctx context.Context, bucket string) (string, error)
	// clear deletes every version of every object.
	clear(ctx context.Context, bucket string) error
	// left lists what there is of the bucket and the users.
	left(ctx context.Context, bucket string, users ...string) ([]string, error)
}

func (s *storeStory) steps() []step {
	return []step{
		{"The gateway has a bucket of root's, and nothing else.", s.makeOther},
		{"Terraform plans two users of the gateway, and a bucket that belongs to one of them and that everybody may read.",
			s.planCreation},
		{"Apply makes them, the users first. Their secrets are generated.", s.applyCreation},
		{"A second plan is empty.", s.planNothing},
		{"The owner's key writes, everybody reads, and root's bucket stays closed.", s.rights(lab, library)},
		{"Behind our back somebody deletes the tags and gives the bucket to the other user. The gateway drops its policy.",
			s.tamper},
		{"The next plan names all three, and nothing else.", s.planRepair},
		{"Apply repairs just that.", s.repair},
		{"Everything is allowed and refused as before.", s.rights(lab, library)},
		{"The secrets are rotated: the old one of each user is refused at once, and the new one works.", s.rotate},
		{"The bucket is given to the other user, in place.", s.give},
		{"The new owner writes, the former no more, and everybody still reads: the policy was put back.",
			s.rights(library, lab)},
		{"The state file is thrown away, and users and bucket imported by their names.", s.importAll},
		{"The plan after the import is empty, with secrets that Terraform does not manage.", s.planImported},
		{"Destroy is refused, and nothing is destroyed: the bucket holds what was written.", s.refuseDestroy},
		{"The objects are deleted, with all their versions.", s.clear},
		{"Destroy takes everything apart, the bucket first.", s.destroy},
		{"Nothing of them is left.", s.nothingLeft},
	}
}

func (s *storeStory) play(ctx context.Context) error { return s.act(ctx, s.steps()) }

func (s *storeStory) makeOther(ctx context.Context) ([]string, error) {
	return nil, s.world.makeBucket(ctx, otherBucket)
}

func (s *storeStory) planCreation(ctx context.Context) ([]string, error) {
	output, err := s.plan(ctx, changes, "Plan: 3 to add, 0 to change, 0 to destroy.")
	return lines(output, "Plan:"), err
}

func (s *storeStory) applyCreation(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 0, "3 added, 0 changed, 0 destroyed.", "apply", planFile)
	if err != nil {
		return nil, err
	}
	if err := s.readOutputs(ctx); err != nil {
		return nil, err
	}
	return s.lookingLike(ctx, output, lab)
}

// readOutputs takes the bucket's name and the secrets from Terraform, as a user would.
func (s *storeStory) readOutputs(ctx context.Context) error {
	text, err := s.terraform(ctx, 0, "{", "output", "-json")
	if err != nil {
		return err
	}
	var outputs struct {
		Bucket  struct{ Value string }
		Secrets struct{ Value map[string]string }
	}
	if err := json.Unmarshal([]byte(text), &outputs); err != nil {
		return fmt.Errorf("terraform output: %w", err)
	}
	s.bucket, s.secrets = outputs.Bucket.Value, outputs.Secrets.Value
	if s.bucket == "" || s.secrets[lab] == "" || s.secrets[library] == "" {
		return &unexpected{want: "outputs with the bucket and a secret of each user", got: "others"}
	}
	return nil
}

// lookingLike wants the bucket to have the owner and its tag, and shows that.
func (s *storeStory) lookingLike(ctx context.Context, output, owner string) ([]string, error) {
	got, err := s.world.look(ctx, s.bucket)
	if err != nil {
		return nil, err
	}
	if want := fmt.Sprintf("owner %s, tags 1", owner); got != want {
		return nil, &unexpected{want: want, got: got}
	}
	return append(lines(output, "Apply complete!"), "bucket "+s.bucket+": "+got), nil
}

// call is a call with a key, and whether it has to be refused.
type call struct {
	verb    string
	key     credential
	bucket  string
	refusal string
}

// The codes with which the gateway refuses.
const (
	denied      = "AccessDenied"
	wrongSecret = "SignatureDoesNotMatch"
)

// rights wants the owner to write, the other not, everybody to read, and root's bucket to be closed.
func (s *storeStory) rights(owner, other string) func(context.Context) ([]string, error) {
	return func(ctx context.Context) ([]string, error) {
		return s.calls(ctx,
			call{"put", s.key(owner), s.bucket, ""},
			call{"get", s.key(owner), s.bucket, ""},
			call{"get", credential{}, s.bucket, ""},
			call{"put", s.key(other), s.bucket, denied},
			call{"put", credential{}, s.bucket, denied},
			call{"get", s.key(owner), otherBucket, denied},
		)
	}
}

func (s *storeStory) key(user string) credential { return credential{user, s.secrets[user]} }

// calls makes the calls, and wants each to be answered as it says.
func (s *storeStory) calls(ctx context.Context, calls ...call) (show []string, err error) {
	for _, c := range calls {
		do := map[string]func(context.Context, credential, string) (string, error){
			"put": s.world.put, "get": s.world.get,
		}[c.verb]
		got, err := do(ctx, c.key, c.bucket)
		if err != nil {
			return nil, err
		}
		who := c.key.access
		if who == "" {
			who = "nobody's key"
		}
		what := fmt.Sprintf("%s %s/%s with %s: ", strings.ToUpper(c.verb), c.bucket, pageKey, who)
		if got != c.refusal {
			return nil, &unexpected{want: what + answered(c.refusal), got: what + answered(got)}
		}
		show = append(show, what+answered(got))
	}
	return show, nil
}

func answered(refusal string) string {
	if refusal == "" {
		return "allowed"
	}
	return refusal
}

func (s *storeStory) tamper(ctx context.Context) ([]string, error) {
	return nil, s.world.tamper(ctx, s.bucket, library)
}

func (s *storeStory) planRepair(ctx context.Context) ([]string, error) {
	output, err := s.plan(ctx, changes, "Plan: 0 to add, 1 to change, 0 to destroy.")
	if err != nil {
		return nil, err
	}
	return s.changes(ctx, output, address, "owner", "public_access", "tags", "tags_all")
}

func (s *storeStory) repair(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 0, "0 added, 1 changed, 0 destroyed.", "apply", planFile)
	if err != nil {
		return nil, err
	}
	return s.lookingLike(ctx, output, lab)
}

func (s *storeStory) rotate(ctx context.Context) ([]string, error) {
	oldLab, oldLibrary := s.key(lab), s.key(library)
	output, err := s.terraform(ctx, 0, "0 added, 2 changed, 0 destroyed.", "apply", "-auto-approve", rotated)
	if err != nil {
		return nil, err
	}
	if err := s.readOutputs(ctx); err != nil {
		return nil, err
	}
	old, err := s.calls(ctx,
		call{"get", oldLab, s.bucket, wrongSecret}, call{"get", oldLibrary, s.bucket, wrongSecret})
	if err != nil {
		return nil, err
	}
	fresh, err := s.calls(ctx, call{"get", s.key(lab), s.bucket, ""}, call{"get", s.key(library), s.bucket, ""})
	show := lines(output, "Apply complete!")
	for _, line := range old {
		show = append(show, "old secret: "+line)
	}
	for _, line := range fresh {
		show = append(show, "new secret: "+line)
	}
	return show, err
}

func (s *storeStory) give(ctx context.Context) ([]string, error) {
	output, err := s.plan(ctx, changes, "Plan: 0 to add, 1 to change, 0 to destroy.", rotated, given)
	if err != nil {
		return nil, err
	}
	show, err := s.changes(ctx, output, address, "owner")
	if err != nil {
		return nil, err
	}
	output, err = s.terraform(ctx, 0, "0 added, 1 changed, 0 destroyed.", "apply", planFile)
	if err != nil {
		return nil, err
	}
	after, err := s.lookingLike(ctx, output, library)
	return append(show, after...), err
}

func (s *storeStory) importAll(ctx context.Context) ([]string, error) {
	show, err := s.importAgain(ctx, userAddress(lab), lab)
	if err != nil {
		return nil, err
	}
	for _, one := range [][2]string{{userAddress(library), library}, {address, s.bucket}} {
		more, err := s.importOne(ctx, one[0], one[1])
		if err != nil {
			return nil, err
		}
		show = append(show, more...)
	}
	return show, nil
}

func (s *storeStory) planImported(ctx context.Context) ([]string, error) {
	output, err := s.plan(ctx, empty, "No changes.", unmanaged, given)
	return lines(output, "No changes."), err
}

func (s *storeStory) refuseDestroy(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 1, "not empty", "destroy", "-auto-approve", unmanaged, given)
	if err != nil {
		return nil, err
	}
	_, err = s.lookingLike(ctx, output, library)
	return lines(output, "Error: "), err
}

func (s *storeStory) clear(ctx context.Context) ([]string, error) {
	return nil, s.world.clear(ctx, s.bucket)
}

func (s *storeStory) destroy(ctx context.Context) ([]string, error) {
	output, err := s.terraform(ctx, 0, "Resources: 3 destroyed.", "destroy", "-auto-approve", unmanaged, given)
	return lines(output, "Destroy complete!"), err
}

func (s *storeStory) nothingLeft(ctx context.Context) ([]string, error) {
	return nil, s.wantNothing(s.world.left(ctx, s.bucket, lab, library))
}

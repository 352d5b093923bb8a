package provider_test

import (
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// unread is a read of a refresh that goes wrong, and what the error has to say.
type unread struct {
	name  string
	read  string // service:Operation
	fault gateway.Fault
	says  []string
}

// denied are the operations of api, each refused for want of a permission. Things says what the error calls a thing of
// the kind that the permission is on.
func denied(api any, things map[string]string) (all []unread) {
	for _, read := range awsclient.Permissions(api) {
		service, _, _ := strings.Cut(read.Actions[0], ":")
		all = append(all, unread{
			read.Operation + " denied", service + ":" + read.Operation, gateway.Forbidden(),
			[]string{read.Operation, "need the IAM action " + strings.Join(read.Actions, ", ") + " on " + things[read.On]},
		})
	}
	return all
}

// wantUnread lets each of the reads fail in turn. Neither a missing permission nor a service in trouble means that
// anything is gone: the plan fails and says what is the matter, and state stays as it is, byte for byte.
func wantUnread(t *testing.T, b *acctest.Bench, tf acctest.Runner, noun string, rows []unread) {
	t.Helper()
	state := tf.StateFile()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			for _, g := range gates(b) {
				t.Cleanup(g.Inject(gateway.Rule{Match: gateway.Op(row.read), Fault: row.fault}))
				g.Reset()
			}
			// An apply begins with a plan, and goes on to write what the plan believes to see.
			saysAll(t, tf.MustFail("apply", "-auto-approve"), append(row.says, noun+" could not be read")...)
			if done := mutations(b); len(done) > 0 {
				t.Errorf("it did %v", done)
			}
			same(t, "state was changed", state, tf.StateFile())
		})
	}
	tf.Empty()
}

package gateway

import (
	"net/http"
	"strconv"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
)

func TestCountsWhileManyCall(t *testing.T) {
	upstream := &emulator{}
	g := start(t, upstream)
	g.Inject(Rule{Match: Nth(7, Op("iam:CreateUser")), Fault: Forbidden()})
	client := iamClient(g)
	var callers sync.WaitGroup
	for i := range 20 {
		callers.Go(func() {
			for j := range 5 {
				name := aws.String(strconv.Itoa(5*i + j))
				_, _ = client.CreateUser(t.Context(), &iam.CreateUserInput{UserName: name})
				_, _ = client.GetUser(t.Context(), &iam.GetUserInput{UserName: name})
				_ = g.Counts()
			}
		})
	}
	callers.Wait()
	if diff := cmp.Diff(map[string]int{"iam:CreateUser": 100, "iam:GetUser": 100}, g.Counts()); diff != "" {
		t.Error(diff)
	}
	if g.Total() != 200 || g.Mutations() != 100 || upstream.requests() != 199 {
		t.Errorf("total %d, mutations %d, the emulator heard %d", g.Total(), g.Mutations(), upstream.requests())
	}
	spoilt := 0
	for _, call := range g.Calls() {
		switch {
		case call.Fault != "":
			spoilt++
		case call.Status != http.StatusOK:
			t.Errorf("recorded %+v", call)
		}
	}
	if spoilt != 1 {
		t.Errorf("%d calls spoilt, want the seventh only", spoilt)
	}
	g.Reset()
	if g.Total() != 0 || len(g.Counts()) != 0 {
		t.Error("calls left after Reset")
	}
}

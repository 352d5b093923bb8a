package acctest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/terraform"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Served makes a working directory for the real command with the provider in this process, at the pace of tests. A
// command takes a third of the time that it takes with the binary, which has to be started several times for each.
// Adjust changes the pace.
func (b *Bench) Served(t *testing.T, adjust ...func(*awsclient.Pace)) *Terraform {
	t.Helper()
	server := b.inProcess(t, adjust)
	ctx, stop := context.WithCancel(context.Background())
	reattach, closed := make(chan *plugin.ReattachConfig), make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		defer close(failed)
		failed <- tf6server.Serve(Address, func() tfprotov6.ProviderServer { return server },
			tf6server.WithDebug(ctx, reattach, closed), tf6server.WithLoggingSink(t),
			tf6server.WithGoPluginLogger(hclog.NewNullLogger()))
	}()
	t.Cleanup(func() {
		stop()
		for range failed { // until it is closed, which is when the server has ended
		}
	})
	select {
	case at := <-reattach:
		// The user's own configuration of Terraform stays out of it.
		return newTerraform(t, "TF_CLI_CONFIG_FILE="+os.DevNull, "TF_REATTACH_PROVIDERS="+attachment(t, at))
	case err := <-failed:
		t.Fatalf("serving the provider: %v", err)
	}
	return nil
}

// BesideAWS is Served with hashicorp/aws beside the provider, from a filesystem mirror and never from the network. That
// has hundreds of megabytes, so not every machine has it: it is nil then, and the report of the run names the test.
func (b *Bench) BesideAWS(t *testing.T) *Terraform {
	t.Helper()
	mirror, err := terraform.FindMirror("")
	if err != nil {
		run.leaveOut(t, "needs hashicorp/aws: "+err.Error())
		return nil
	}
	tf := b.Served(t)
	file := filepath.Join(tf.Dir, "terraform.rc")
	config := "provider_installation {\n" + terraform.Mirror(mirror) + "}\n"
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	tf.Setenv("TF_CLI_CONFIG_FILE", file)
	return tf
}

// inProcess is the provider at the pace of tests, as adjusted.
func (b *Bench) inProcess(t *testing.T, adjust []func(*awsclient.Pace)) tfprotov6.ProviderServer {
	t.Helper()
	pace := b.pace()
	for _, change := range adjust {
		change(&pace)
	}
	return Must(factories(pace)["spinup"]())(t)
}

// attachment is the value of the variable by which Terraform finds a provider that runs already.
// https://developer.hashicorp.com/terraform/plugin/debugging
func attachment(t *testing.T, at *plugin.ReattachConfig) string {
	t.Helper()
	running := map[string]any{
		"Protocol": at.Protocol, "ProtocolVersion": at.ProtocolVersion, "Pid": at.Pid, "Test": at.Test,
		"Addr": map[string]string{"Network": at.Addr.Network(), "String": at.Addr.String()},
	}
	text, err := json.Marshal(map[string]any{Address: running, terraform.TofuAddress: running})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The provider's executable: flags, version, serve.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/spinup-dev/terraform-provider-spinup/internal/provider"
)

// version is set when a release is built.
var version = "dev"

// collectAt is how much garbage there may be, in percent of what is in use. A plan uses little memory for a short time,
// and with Go's 100 a fifth of its CPU went into collecting that.
const collectAt = 200

func main() {
	attach := flag.Bool("debug", false, "serve for a debugger: print what to set TF_REATTACH_PROVIDERS to, and wait")
	show := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *show {
		fmt.Println(version)
		return
	}

	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	server, err := provider.NewServer(version)
	if err != nil {
		log.Fatal(err)
	}
	var options []tf6server.ServeOpt
	if *attach {
		options = append(options, tf6server.WithManagedDebug())
	}
	serve := func() tfprotov6.ProviderServer { return server }
	if err := tf6server.Serve("registry.terraform.io/spinup-dev/spinup", serve, options...); err != nil {
		log.Fatal(err)
	}
}

// Command sweep removes from an account of AWS what broken runs of `make test-aws` left there: what bears both the
// prefix of such runs and their mark. It prints what it would remove; with -yes it does so.
//
//	SPINUP_TEST_AWS_ACCOUNT=111122223333 SPINUP_TEST_AWS_PREFIX=spt go run ./internal/acctest/cmd/sweep -yes
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
)

func main() {
	yes := flag.Bool("yes", false, "remove what is found")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := sweep(ctx, *yes, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sweep:", err)
		os.Exit(1)
	}
}

// sweep does what the environment says, in the account that it names and in no other.
func sweep(ctx context.Context, yes bool, out io.Writer) error {
	wanted, prefix, err := account.Wanted(os.Getenv)
	if err != nil {
		return err
	}
	a, err := account.Default(ctx)
	if err != nil {
		return fmt.Errorf("asking STS for the account: %w", err)
	}
	if a.ID != wanted {
		return fmt.Errorf("%s is %s, and the credentials are of account %s: nothing was removed",
			account.Variable, wanted, a.ID)
	}
	strays, foreign, err := a.Strays(ctx, prefix)
	if err != nil {
		return err
	}
	for _, what := range foreign {
		fmt.Fprintf(out, "left alone: %s, which lacks the tag %s = %q or a bucket that bears it\n",
			what, account.MarkTag, prefix)
	}
	if len(strays) == 0 {
		fmt.Fprintf(out, "nothing to remove in account %s\n", a.ID)
		return nil
	}
	var failed error
	for _, stray := range strays {
		if !yes {
			fmt.Fprintln(out, "would remove:", stray.What)
			continue
		}
		if failed != nil {
			break // what comes later may be what proves the rest to be ours
		}
		fmt.Fprintln(out, "removing:", stray.What)
		if err := stray.Remove(ctx); err != nil {
			failed = fmt.Errorf("removing %s: %w", stray.What, err)
		}
	}
	if !yes {
		fmt.Fprintf(out, "%d things in account %s; -yes removes them\n", len(strays), a.ID)
	}
	return errors.Join(failed, ctx.Err())
}

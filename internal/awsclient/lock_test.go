package awsclient_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

func TestLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := &awsclient.Conn{}
		unlock, err := conn.Lock(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		other, err := conn.Lock(t.Context(), "b")
		if err != nil {
			t.Fatal(err)
		}
		other()

		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, err = conn.Lock(ctx, "a")
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "bucket a") {
			t.Errorf("got %v", err)
		}

		held := make(chan struct{})
		go func() {
			defer close(held)
			again, err := conn.Lock(context.Background(), "a")
			if err != nil {
				t.Error(err)
				return
			}
			again()
		}()
		synctest.Wait()
		select {
		case <-held:
			t.Error("locked twice")
		default:
		}
		unlock()
		<-held
	})
}

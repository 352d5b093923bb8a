package provider

import (
	"context"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
)

// slowDataSource reads until it is stopped.
type slowDataSource struct {
	datasource.DataSourceWithConfigure

	left time.Duration
}

func (d *slowDataSource) Read(ctx context.Context, _ datasource.ReadRequest, _ *datasource.ReadResponse) {
	if deadline, ok := ctx.Deadline(); ok {
		d.left = time.Until(deadline)
	}
}

// A read of a data source does not last for ever.
func TestBounded(t *testing.T) {
	slow := &slowDataSource{}
	construct := bounded(func() datasource.DataSource { return slow })[0]
	construct().Read(t.Context(), datasource.ReadRequest{}, &datasource.ReadResponse{})
	if slow.left <= 0 || slow.left > readTimeout {
		t.Errorf("%s are left for a read", slow.left)
	}
}

// The bound hides no optional method of a data source.
func TestBounded_hidesNothing(t *testing.T) {
	for name, d := range everything(t).dataSources {
		inner := d.(boundedDataSource).DataSourceWithConfigure
		_, validates := inner.(datasource.DataSourceWithValidateConfig)
		_, validators := inner.(datasource.DataSourceWithConfigValidators)
		if validates || validators {
			t.Errorf("%s has checks of its configuration, which are not called", name)
		}
	}
}

package awsclient

import (
	"context"
	"errors"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// The SDK's middlewares that quirks replace or surround.
const (
	setupChecksum   = "AWSChecksum:SetupInputContext"
	computeChecksum = "AWSChecksum:ComputeInputPayloadChecksum"
	trailChecksum   = "addInputChecksumTrailer"
	signing         = "Signing"
)

// quirks are the stack options for what the platform's S3 does in another way than AWS's.
func (p Platform) quirks() []stackOption {
	var all []stackOption
	if p.ContentMD5 {
		all = append(all, contentMD5)
	}
	if p.UnsignedAcceptEncoding {
		all = append(all, unsignedAcceptEncoding)
	}
	return all
}

// contentMD5 sends Content-MD5 in place of x-amz-checksum-crc32 with the operations that must have a checksum: the
// deletion of many objects, and most settings of a bucket. The SDK's own setting leaves these operations out. It counts
// where a checksum is optional: of what this provider calls, that is where it may come in a trailer.
func contentMD5(stack *middleware.Stack) error {
	_, has := stack.Initialize.Get(setupChecksum)
	_, optional := stack.Finalize.Get(trailChecksum)
	if !has || optional {
		return nil
	}
	_, setup := stack.Initialize.Remove(setupChecksum)
	_, compute := stack.Finalize.Remove(computeChecksum)
	return errors.Join(setup, compute, smithyhttp.AddContentChecksumMiddleware(stack))
}

const acceptEncoding = "Accept-Encoding"

// unsignedAcceptEncoding leaves Accept-Encoding out of the signature and sends it nevertheless. A front end that
// rewrites the header would break the signature: https://github.com/aws/aws-sdk-go-v2/issues/1816
func unsignedAcceptEncoding(stack *middleware.Stack) error {
	type key struct{}
	type change = func(context.Context, *smithyhttp.Request) context.Context
	step := func(name string, apply change) middleware.FinalizeMiddleware {
		return middleware.FinalizeMiddlewareFunc(name, func(
			ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
		) (middleware.FinalizeOutput, middleware.Metadata, error) {
			if request, ok := in.Request.(*smithyhttp.Request); ok {
				ctx = apply(ctx, request)
			}
			return next.HandleFinalize(ctx, in)
		})
	}
	off := step("SpinupTakeAcceptEncoding", func(ctx context.Context, r *smithyhttp.Request) context.Context {
		values := r.Header.Values(acceptEncoding)
		r.Header.Del(acceptEncoding)
		return middleware.WithStackValue(ctx, key{}, values)
	})
	on := step("SpinupReturnAcceptEncoding", func(ctx context.Context, r *smithyhttp.Request) context.Context {
		values, _ := middleware.GetStackValue(ctx, key{}).([]string)
		for _, value := range values {
			r.Header.Add(acceptEncoding, value)
		}
		return ctx
	})
	return errors.Join(
		stack.Finalize.Insert(off, signing, middleware.Before), stack.Finalize.Insert(on, signing, middleware.After))
}

// Package gateway stands between the code under test and an emulator of AWS. One gateway serves one test: it is a
// reverse proxy on a free loopback port, in this process, that
//
//   - knows each request by its AWS name, the IAM actions it needs and the resource it is about, counts and records it;
//   - makes calls slower, and makes chosen calls go wrong: an error, a throttled call, a connection lost before or
//     after the emulator did the work, a read that is behind;
//   - holds the calls to a policy document;
//   - refuses the few things that AWS refuses and an emulator lets pass (refuse.go, one table).
//
// It emulates nothing: an answer is the emulator's, byte for byte, or an error. Requests reach the emulator with their
// own Host header and path, so that signatures stay valid. S3 is understood in path style only.
//
// The package may import the AWS SDK and internal/awspolicy; it knows neither Terraform nor the provider.
package gateway

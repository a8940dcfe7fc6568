// cert-manager's own CRDs, which come with its Go module, for the tests that apply what stands in certs/.
module dualstack.dev/webhook/test/control-plane/cert-manager

go 1.26.0

require github.com/cert-manager/cert-manager v1.21.2

// The Prometheus Operator's own CRDs, which come with its Go module, for the tests that apply what stands in deploy/monitoring.
module dualstack.dev/webhook/test/control-plane/prometheus-operator

go 1.26.0

require github.com/prometheus-operator/prometheus-operator v0.85.0

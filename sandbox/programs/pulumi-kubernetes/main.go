// Pulumi's Kubernetes provider, whose own main embeds generated files that its module does not carry.
package main

import "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"

// Version is set by the linker to the version of the Python SDK, which the engine asks for.
var Version string

func main() {
	provider.Serve("kubernetes", Version, []byte(`{"name":"kubernetes"}`), []byte("{}"))
}

package own

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/kube"
)

// replicas finds a number of servers that is not the environment's own. It is without a place.
func (b *builder) replicas(built []kube.Object) (found diag.List) {
	for _, own := range b.env.Objects {
		if own.GetKind() != "StatefulSet" {
			continue
		}
		meant, _, _ := unstructured.NestedInt64(own.Object, "spec", "replicas")
		for _, o := range built {
			if o.GetKind() != own.GetKind() || o.GetAPIVersion() != own.GetAPIVersion() || o.GetName() != own.GetName() {
				continue
			}
			is, given, err := unstructured.NestedInt64(o.Object, "spec", "replicas")
			if err != nil || is == meant {
				continue // of what is no number others speak
			}
			d := diag.Diagnostic{
				Rule: "kustomize-replicas-changed", Severity: diag.Error,
				Message: fmt.Sprintf("StatefulSet/%s then has replicas: %d, and cluster.replicas is %d", own.GetName(), is, meant),
				Why:     "the routes, the PodDisruptionBudget and all that was proven are of another number of servers",
				Mend:    fmt.Sprintf("cluster: replicas: %d, and no replicas in this", is),
				Related: []diag.Related{{Span: b.in.At("cluster", "replicas"), Message: "the number of servers"}},
			}
			if !given {
				d.Message = fmt.Sprintf("StatefulSet/%s then has no replicas, which Kubernetes takes for 1, and cluster.replicas is %d", own.GetName(), meant)
			}
			if !given || is < 1 {
				d.Mend = "leave replicas as they are"
			}
			found = append(found, d)
		}
	}
	return found
}

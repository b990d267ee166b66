package valid_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/natsyard/natsyard/gen/kube"
	"github.com/natsyard/natsyard/gen/valid"
)

// goTypes are Kubernetes' own types of the kinds that natsyard emits.
var goTypes = map[string]func() any{
	"v1 ConfigMap":                       func() any { return &corev1.ConfigMap{} },
	"v1 Service":                         func() any { return &corev1.Service{} },
	"v1 ServiceAccount":                  func() any { return &corev1.ServiceAccount{} },
	"apps/v1 StatefulSet":                func() any { return &appsv1.StatefulSet{} },
	"apps/v1 Deployment":                 func() any { return &appsv1.Deployment{} },
	"policy/v1 PodDisruptionBudget":      func() any { return &policyv1.PodDisruptionBudget{} },
	"networking.k8s.io/v1 NetworkPolicy": func() any { return &networkingv1.NetworkPolicy{} },
	"networking.k8s.io/v1 Ingress":       func() any { return &networkingv1.Ingress{} },
}

// odd are values that stand in turn in every place of every object.
var odd = []any{nil, "", "x", int64(-1), int64(1) << 40, 1.5, true, map[string]any{}, map[string]any{"x": "y"}, []any{}, []any{nil}, []any{"x"}, []any{map[string]any{}}}

// Whatever stands in an object, there is an answer. What Kubernetes' own Go types cannot read, or do not
// know, is an error here too.
func TestEveryPlaceIsJudged(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../kube/testdata/everything.cue")
	require.NoError(t, err)
	in := load(t, "{"+string(text)+"\n}")
	judged, refused := 0, 0
	for _, o := range objects(t, in) {
		kind := o.GetAPIVersion() + " " + o.GetKind()
		visit(o.Object, func(path string) {
			if path == "/kind" || path == "/apiVersion" || strings.Contains(path+"/", "/status/") {
				return // of a status the cluster speaks
			}
			judged++
			found := valid.Added(in, nil, []kube.Object{o})
			typed := goTypes[kind]
			if typed == nil {
				return
			}
			if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(o.Object, typed(), true); err != nil {
				refused++
				require.True(t, found.HasErrors(), "%s %s: %v", kind, path, err)
			}
		})
	}
	require.Greater(t, judged, 5000)
	require.Greater(t, refused, 2000)
}

// visit puts every odd value into every place below v in turn, calls f, and puts back what was there. The keys of
// maps are places for a key that nobody knows too.
func visit(v any, f func(path string)) { visitAt("", v, f) }

func visitAt(path string, v any, f func(path string)) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			was := v[key]
			for _, o := range odd {
				v[key] = o
				f(path + "/" + key)
			}
			v[key] = was
			visitAt(path+"/"+key, was, f)
		}
		v["nobody"] = "x"
		f(path + "/nobody")
		delete(v, "nobody")
	case []any:
		for i, was := range v {
			for _, o := range odd {
				v[i] = o
				f(path + "/[]")
			}
			v[i] = was
			visitAt(path+"/[]", was, f)
		}
	}
}

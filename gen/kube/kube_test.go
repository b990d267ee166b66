package kube_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"

	"github.com/natsyard/natsyard/gen/kube"
)

var update = flag.Bool("update", false, "write the golden files")

// cases are the intents of testdata, each with its golden file beside it.
var cases = []string{"minimal", "prod", "everything", "tls", "supercluster", "leaf", "websocket", "zones", "extras"}

func TestObjectsGolden(t *testing.T) {
	t.Parallel()
	for _, name := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stream strings.Builder
			for _, object := range objects(t, parseFile(t, name+".cue")) {
				text, err := yaml.Marshal(object.Object)
				require.NoError(t, err)
				stream.WriteString("---\n" + string(text))
			}
			golden := filepath.Join("testdata", name+".yaml")
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(stream.String()), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), stream.String()))
		})
	}
}

// list gives kind/name of objects, in their order.
func list(all []kube.Object) []string {
	names := make([]string, len(all))
	for i, object := range all {
		names[i] = object.GetKind() + "/" + object.GetName()
	}
	return names
}

func TestObjectsOrderAndGates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields string
		want   []string
	}{
		"defaults": {``, []string{
			"ConfigMap/nats-config", "ConfigMap/nats-box-contexts", "Service/nats", "Service/nats-headless",
			"StatefulSet/nats", "NetworkPolicy/nats", "Deployment/nats-box",
		}},
		"nothing optional": {`{service: enabled: false, networkPolicy: enabled: false, natsBox: enabled: false}`, []string{
			"ConfigMap/nats-config", "Service/nats-headless", "StatefulSet/nats",
		}},
		"all": {`{serviceAccount: enabled: true, cluster: replicas: 2, promExporter: {enabled: true, podMonitor: enabled: true}}`, []string{
			"ServiceAccount/nats", "ConfigMap/nats-config", "ConfigMap/nats-box-contexts", "Service/nats", "Service/nats-headless",
			"StatefulSet/nats", "PodDisruptionBudget/nats", "NetworkPolicy/nats", "PodMonitor/nats", "Deployment/nats-box",
		}},
		"own names": {`{
			cluster: replicas: 3
			service: name: "a", headlessService: name: "b", statefulSet: name: "c", configMap: name: "d"
			podDisruptionBudget: name: "e", serviceAccount: {enabled: true, name: "f"}, networkPolicy: name: "g"
			promExporter: {enabled: true, podMonitor: {enabled: true, name: "h"}}, natsBox: name: "i"
		}`, []string{
			"ServiceAccount/f", "ConfigMap/d", "ConfigMap/nats-box-contexts", "Service/a", "Service/b",
			"StatefulSet/c", "PodDisruptionBudget/e", "NetworkPolicy/g", "PodMonitor/h", "Deployment/i",
		}},
		"listeners": {`{
			cluster: replicas: 3, leafnodes: {}, mqtt: {}, gateway: {}
			nats: tls: certManager: issuerRef: name: "i"
			websocket: {tls: certManager: issuerRef: name: "i", ingress: hosts: ["h"], httpRoute: parentRefs: [{name: "g"}]}
			extraServices: {b: ports: nats: {}, a: {name: "z", ports: nats: {}}, c: {enabled: false, ports: nats: {}}}
		}`, []string{
			"ConfigMap/nats-config", "ConfigMap/nats-box-contexts", "Certificate/nats-nats-tls", "Certificate/nats-websocket-tls",
			"Service/nats", "Service/nats-headless", "Service/z", "Service/nats-b", "StatefulSet/nats", "PodDisruptionBudget/nats",
			"NetworkPolicy/nats", "Ingress/nats-ws", "HTTPRoute/nats-ws", "Deployment/nats-box",
		}},
		"ways to a websocket that is off": {`websocket: {enabled: false, ingress: hosts: ["h"], httpRoute: parentRefs: [{name: "g"}]}`, []string{
			"ConfigMap/nats-config", "ConfigMap/nats-box-contexts", "Service/nats", "Service/nats-headless",
			"StatefulSet/nats", "NetworkPolicy/nats", "Deployment/nats-box",
		}},
		"ways that are off": {`{natsBox: enabled: false, websocket: {ingress: {enabled: false, hosts: ["h"]}, httpRoute: {enabled: false, parentRefs: [{name: "g"}]}}}`, []string{
			"ConfigMap/nats-config", "Service/nats", "Service/nats-headless", "StatefulSet/nats", "NetworkPolicy/nats",
		}},
		"ways of own names": {`{natsBox: enabled: false, networkPolicy: enabled: false, websocket: {ingress: {name: "a", hosts: ["h"]}, httpRoute: {name: "b", parentRefs: [{name: "g"}]}}}`, []string{
			"ConfigMap/nats-config", "Service/nats", "Service/nats-headless", "StatefulSet/nats", "Ingress/a", "HTTPRoute/b",
		}},
		"zones": {`{cluster: replicas: 3, zones: names: ["b", "a"], natsBox: enabled: false}`, []string{
			"ConfigMap/nats-config", "Service/nats", "Service/nats-headless", "StatefulSet/nats-b", "StatefulSet/nats-a",
			"PodDisruptionBudget/nats", "NetworkPolicy/nats",
		}},
		"no budget": {`{cluster: replicas: 3, podDisruptionBudget: enabled: false, natsBox: enabled: false}`, []string{
			"ConfigMap/nats-config", "Service/nats", "Service/nats-headless", "StatefulSet/nats", "NetworkPolicy/nats",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, list(objects(t, parse(t, c.fields))))
		})
	}
}

// Objects hold only values that JSON gives back as they were, and no noise.
func TestObjectsArePlainData(t *testing.T) {
	t.Parallel()
	for _, name := range cases {
		for _, object := range objects(t, parseFile(t, name+".cue")) {
			text, err := object.MarshalJSON()
			require.NoError(t, err)
			var back unstructured.Unstructured
			require.NoError(t, json.Unmarshal(text, &back))
			require.Empty(t, cmp.Diff(object.Object, back.Object), "%s %s", name, object.GetName())
			require.NotContains(t, string(text), "null")
			require.NotContains(t, object.Object, "status")
			require.NotContains(t, string(text), `"creationTimestamp"`)
			require.NotContains(t, string(text), `"resources":{}`)
			require.NotContains(t, string(text), `trategy":{}`)
			require.Empty(t, object.GetNamespace())
		}
	}
}

func TestNamesAndLabelsAreValid(t *testing.T) {
	t.Parallel()
	longest := parse(t, `{name: "`+strings.Repeat("n", 47)+`", cluster: replicas: 3, promExporter: {enabled: true, podMonitor: enabled: true}}`)
	all := objects(t, longest)
	for _, name := range cases {
		all = append(all, objects(t, parseFile(t, name+".cue"))...)
	}
	for _, object := range all {
		if object.GetKind() == "Certificate" {
			require.Empty(t, validation.IsDNS1123Subdomain(object.GetName()), object.GetName())
		} else {
			require.Empty(t, validation.IsDNS1035Label(object.GetName()), object.GetName())
		}
		for key, value := range object.GetLabels() {
			require.Empty(t, validation.IsQualifiedName(key))
			require.Empty(t, validation.IsValidLabelValue(value))
		}
		for key := range object.GetAnnotations() {
			require.Empty(t, validation.IsQualifiedName(key))
		}
	}
}

func TestObjectsAreAFunctionOfTheirInput(t *testing.T) {
	t.Parallel()
	in, untouched := parseFile(t, "everything.cue"), parseFile(t, "everything.cue")
	first := objects(t, in)
	var others sync.WaitGroup
	for range 4 {
		others.Go(func() {
			all, err := kube.Objects(in, []byte(conf), restartHash)
			assert.NoError(t, err)
			assert.Equal(t, first, all)
		})
	}
	others.Wait()
	for _, object := range objects(t, in) {
		// Nothing done to an object reaches the intent or another call's objects.
		object.SetLabels(map[string]string{"a": "b"})
		if spec, ok := object.Object["spec"].(map[string]any); ok {
			clear(spec)
		}
	}
	require.Empty(t, cmp.Diff(first, objects(t, in)))
	require.Equal(t, untouched.Intent, in.Intent)
}

func BenchmarkObjects(b *testing.B) {
	for _, name := range cases {
		in := parseFile(b, name+".cue")
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := kube.Objects(in, []byte(conf), restartHash); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package valid_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/kube"
	"github.com/natsyard/natsyard/gen/valid"
)

// load gives the environment that the fields say beyond the language's defaults. They begin in line 6.
func load(t testing.TB, fields string) *intent.Intent {
	t.Helper()
	loader, found := intent.NewLoader(fstest.MapFS{
		"cue.mod/module.cue": {Data: []byte("module: \"example.com/m@v0\"\nlanguage: version: \"v0.17.0\"\n")},
		"base/intent.cue":    {Data: []byte("package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent\n")},
		"overlays/prod/intent.cue": {Data: []byte("package prod\n\nimport \"example.com/m/base\"\n\nintent: base.intent & {\n" +
			fields + "\n}\n")},
	})
	require.Empty(t, found)
	in, found := loader.Load("prod")
	require.Empty(t, found)
	return in
}

func objects(t testing.TB, in *intent.Intent) []kube.Object {
	t.Helper()
	all, err := kube.Objects(in, []byte("port: 4222\n"), "0a1b2c3d")
	require.NoError(t, err)
	return all
}

// said are findings in short: place, severity, rule, message.
func said(found diag.List) (lines []string) {
	for _, d := range found.Sorted() {
		lines = append(lines, strings.TrimPrefix(d.Span.String(), "overlays/prod/intent.cue:")+" "+string(d.Severity)+" "+d.Rule+": "+d.Message)
	}
	return lines
}

// What an intent says that the language and the rules let through is found at its own place.
func TestCheck(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string][]string{
		``: nil,
		`extraContainers: a: {image: "a", imagePullPolicy: "Allways"}`: {
			`6:51 error kubernetes-value: spec.template.spec.containers[a].imagePullPolicy of StatefulSet/nats is "Allways"`,
		},
		`extraContainers: a: {image: "a", env: [{name: "A"}, {name: "a=b", value: "x"}]}`: {
			`6:60 error kubernetes-value: spec.template.spec.containers[a].env[a=b].name of StatefulSet/nats is "a=b"`,
		},
		`extraContainers: a: {image: "a", ports: [{containerPort: 99999, name: "http"}, {containerPort: 1, name: "http"}]}`: {
			`6:58 error kubernetes-value: spec.template.spec.containers[a].ports[http].containerPort of StatefulSet/nats is 99999`,
			`6:71 error kubernetes-duplicate: spec.template.spec.containers[a].ports[http].name of StatefulSet/nats is "http", which is taken`,
		},
		`extraContainers: a: {image: "a", livenessProbe: {successThreshold: 2, tcpSocket: port: 1}}`: {
			`6:68 error kubernetes-value: spec.template.spec.containers[a].livenessProbe.successThreshold of StatefulSet/nats is 2`,
		},
		`extraInitContainers: a: {image: "a", livenessProbe: tcpSocket: port: 1}`: {
			`6:38 error kubernetes-value: spec.template.spec.initContainers[a].livenessProbe of StatefulSet/nats is given for a container that runs to its end before the others`,
		},
		`tolerations: [{key: "a"}, {operator: "Equal", value: "x"}]`: {
			`6:38 error kubernetes-value: spec.template.spec.tolerations[1].operator of StatefulSet/nats is "Equal", without a key`,
		},
		`affinity: podAffinity: preferredDuringSchedulingIgnoredDuringExecution: [{weight: 101, podAffinityTerm: {topologyKey: "a", labelSelector: matchLabels: a: "b"}}]`: {
			`6:83 error kubernetes-value: spec.template.spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight of StatefulSet/nats is 101`,
		},
		`topologySpreadConstraints: "a b": {}`: {
			`6:28 error kubernetes-value: spec.template.spec.topologySpreadConstraints[a b].topologyKey of StatefulSet/nats is "a b"`,
		},
		`extraVolumes: a: secret: items: [{key: "a", path: "../a"}]`: {
			`6:18 error kubernetes-required: spec.template.spec.volumes[a].secret.secretName of StatefulSet/nats is missing`,
			`6:51 error kubernetes-value: spec.template.spec.volumes[a].secret.items[0].path of StatefulSet/nats is "../a"`,
		},
		// Where zones have a StatefulSet each, the mistake is one.
		`{cluster: replicas: 3, zones: names: ["a", "b"], tolerations: [{operator: "Exists", value: "x"}]}`: {
			`6:92 error kubernetes-value: spec.template.spec.tolerations[0].value of StatefulSet/nats-a, StatefulSet/nats-b is "x", with the operator Exists`,
		},

		// Versions.
		`service: trafficDistribution: "PreferClose"`: {
			`6:31 warning kubernetes-version-assumed: spec.trafficDistribution of Service/nats needs Kubernetes 1.31 or newer`,
		},
		`service: trafficDistribution: "PreferSameZone", kubernetes: version: "1.33"`: {
			`6:31 error kubernetes-version: spec.trafficDistribution of Service/nats is "PreferSameZone", which needs Kubernetes 1.34 or newer`,
		},
		`service: trafficDistribution: "PreferSameZone", kubernetes: version: "1.34"`: nil,
		`extraServices: a: {ports: nats: {}, trafficDistribution: "PreferClose"}`: {
			`6:58 warning kubernetes-version-assumed: spec.trafficDistribution of Service/nats-a needs Kubernetes 1.31 or newer`,
		},
		`tolerations: [{key: "a", operator: "Gt", value: "5"}], kubernetes: version: "1.36"`: {
			`6:36 warning kubernetes-feature-gate: spec.template.spec.tolerations[0].operator of StatefulSet/nats is "Gt", which is off by default in Kubernetes up to 1.36`,
		},

		// Pod Security.
		`podSecurityContext: runAsNonRoot: false`: {
			`6:35 warning pod-security-restricted: spec.template.spec.securityContext.runAsNonRoot of StatefulSet/nats breaks the Pod Security Standard restricted: runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)`,
		},
		`securityContext: capabilities: add: ["NET_ADMIN"]`: {
			`6:37 warning pod-security-baseline: spec.template.spec.containers[nats].securityContext.capabilities.add of StatefulSet/nats breaks the Pod Security Standard baseline: non-default capabilities (containers "nats", "reloader" must not include "NET_ADMIN" in securityContext.capabilities.add)`,
		},
		`extraVolumes: x: hostPath: path: "/x"`: {
			`6:15 warning pod-security-baseline: spec.template.spec.volumes[x] of StatefulSet/nats breaks the Pod Security Standard baseline: hostPath volumes (volume "x")`,
		},
		`extraContainers: a: {image: "a", securityContext: runAsUser: 1}`: {
			`6:34 warning pod-security-restricted: spec.template.spec.containers[a].securityContext.allowPrivilegeEscalation of StatefulSet/nats breaks the Pod Security Standard restricted: allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false)`,
			`6:34 warning pod-security-restricted: spec.template.spec.containers[a].securityContext.capabilities.drop of StatefulSet/nats breaks the Pod Security Standard restricted: unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"])`,
		},
	} {
		t.Run(fields, func(t *testing.T) {
			t.Parallel()
			in := load(t, fields)
			require.Equal(t, want, said(valid.Check(in, objects(t, in), nil)))
		})
	}
}

// What has been told is not told again: not at its own place, around it or in it, not of the other of two, and not
// of what became of it. What else is wrong is.
func TestCheckBesideRules(t *testing.T) {
	t.Parallel()
	rule := func(in *intent.Intent, path ...string) diag.List {
		return diag.List{{Rule: "some-rule", Severity: diag.Error, Path: strings.Join(path, "."), Span: in.At(path...)}}
	}
	for _, c := range []struct {
		fields string
		told   []string
		want   []string
	}{
		{`extraContainers: a: {image: "a", imagePullPolicy: "Allways"}`, []string{"extraContainers", "a", "imagePullPolicy"}, nil},
		{`extraContainers: a: {image: "a", imagePullPolicy: "Allways"}`, []string{"extraContainers", "a"}, nil},
		{`extraContainers: a: {image: "a", imagePullPolicy: "Allways"}`, []string{"extraContainers", "a", "image"}, []string{
			`6:51 error kubernetes-value: spec.template.spec.containers[a].imagePullPolicy of StatefulSet/nats is "Allways"`,
		}},
		{`extraContainers: a: {image: "a", imagePullPolicy: "Allways"}`, []string{"resources"}, []string{
			`6:51 error kubernetes-value: spec.template.spec.containers[a].imagePullPolicy of StatefulSet/nats is "Allways"`,
		}},
		{
			`extraContainers: a: {image: "a", ports: [{containerPort: 1, name: "http"}, {containerPort: 2, name: "http"}]}`,
			[]string{"extraContainers", "a", "ports", "0", "name"}, nil,
		},
		{`podSecurityContext: runAsUser: 0`, []string{"podSecurityContext", "runAsUser"}, nil},
		{`podSecurityContext: runAsUser: 0`, []string{"resources"}, []string{
			`6:32 warning pod-security-restricted: spec.template.spec.securityContext.runAsUser of StatefulSet/nats breaks the Pod Security Standard restricted: runAsUser=0 (pod must not set runAsUser=0)`,
		}},
		{`global: labels: "a b": "c"`, []string{"global", "labels", "a b"}, nil}, // becomes labels in many places, some of which have none
	} {
		t.Run(c.fields+" "+strings.Join(c.told, "."), func(t *testing.T) {
			t.Parallel()
			in := load(t, c.fields)
			all := objects(t, in)
			require.NotEmpty(t, valid.Check(in, all, nil))
			require.Equal(t, c.want, said(valid.Check(in, all, rule(in, c.told...))))
		})
	}
}

// asked are the warnings that golden intents ask for: ports of the node, fields that are newer.
var asked = map[string][]string{
	"everything.cue": {"pod-security-baseline", "kubernetes-version"},
	"websocket.cue":  {"kubernetes-version-assumed"},
}

// The golden objects and those of all examples, whatever they use, are valid on the oldest Kubernetes.
func TestOwnObjectsAreValid(t *testing.T) {
	t.Parallel()
	goldens, err := filepath.Glob("../kube/testdata/*.cue")
	require.NoError(t, err)
	require.NotEmpty(t, goldens)
	for _, name := range goldens {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		in := load(t, "{"+string(text)+"\n}")
		found := valid.Check(in, objects(t, in), nil)
		for _, d := range found {
			require.Contains(t, asked[filepath.Base(name)], d.Rule, "%s: %s", name, d.Message)
		}
	}
	for _, root := range []string{"../..", "../../examples"} {
		loader, found := intent.NewLoader(os.DirFS(root))
		require.Empty(t, found)
		entries, err := fs.ReadDir(os.DirFS(root), "overlays")
		require.NoError(t, err)
		for _, e := range entries {
			in, found := loader.Load(e.Name())
			require.False(t, found.HasErrors(), found)
			require.Empty(t, valid.Check(in, objects(t, in), nil), e.Name())
		}
	}
}

func parse(t testing.TB, text string) kube.Object {
	t.Helper()
	o := &unstructured.Unstructured{}
	data, err := yaml.YAMLToJSON([]byte(text))
	require.NoError(t, err)
	require.NoError(t, o.UnmarshalJSON(data))
	return o
}

// The pod of a StatefulSet with the fields of a container, the fields of the pod, and those of the StatefulSet.
func statefulSet(container, pod, set string) string {
	return "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: o}, spec: {serviceName: o, selector: {matchLabels: {a: b}}, " + set +
		"template: {metadata: {labels: {a: b}}, spec: {" + pod + "containers: [{name: c, image: i, " + container + "}]}}}}"
}

const (
	service = "apiVersion: v1, kind: Service, metadata: {name: o}"
	route   = "apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: o}"
)

// What a user's own files may bring.
func TestAdded(t *testing.T) {
	t.Parallel()
	in := load(t, "")
	const inContainer, inPod = "spec.template.spec.containers[c].", "spec.template.spec."
	for text, want := range map[string][]string{
		"{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: o}}":              {"apiVersion of PodDisruptionBudget/o is policy/v1beta1, where no Kubernetes from 1.30 to 1.36 has the kind PodDisruptionBudget"},
		"{apiVersion: apps/v1, kind: StatefulSett, metadata: {name: o}}":                            {"apiVersion of StatefulSett/o is apps/v1, where no Kubernetes from 1.30 to 1.36 has the kind StatefulSett"},
		"{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: o}, spec: {x: y}}": nil,
		"{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: N_}}":              {`metadata.name of SealedSecret/N_ is "N_"`},
		"{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: 'a:b'}}":           nil,
		"{apiVersion: networking.k8s.io/v1, kind: ServiceCIDR, metadata: {name: o}}":                {"kind of ServiceCIDR/o is networking.k8s.io/v1 ServiceCIDR, which needs Kubernetes 1.33 or newer"},
		"{apiVersion: v1, kind: ConfigMap, metadata: {name: o, labels: {a: 'b c'}}, data: {'a/b': x}}": {
			`metadata.labels[a] of ConfigMap/o is "b c"`, `data[a/b] of ConfigMap/o is "a/b"`,
		},
		"{apiVersion: v1, kind: ConfigMap, metadata: {name: o}, data: {a: 5}}":                                        {"data[a] of ConfigMap/o is 5, where a string is wanted"},
		"{apiVersion: v1, kind: Secret, metadata: {name: o}, data: {a: '%'}}":                                         {`data[a] of Secret/o is "%", where text in base64 is wanted`},
		"{apiVersion: v1, kind: ConfigMap, metadata: {name: o}, data: {a: " + strings.Repeat("x", 1<<20) + ", b: x}}": {"data of ConfigMap/o has 1048577 bytes"},

		"{" + service + ", spec: {clusterIP: None}}":                                     nil,
		"{" + service + ", spec: {}}":                                                    {"spec.ports of Service/o is missing"},
		"{" + service + ", spec: {clusterIP: None, type: NodePort, ports: [{port: 1}]}}": {"spec.clusterIP of Service/o is None, with the type NodePort"},
		"{" + service + ", spec: {ports: [{port: 0}]}}":                                  {"spec.ports[0].port of Service/o is 0"},
		"{" + service + ", spec: {ports: [{port: 1, nodePort: 30000}]}}":                 {"spec.ports[0].nodePort of Service/o is given without the type NodePort or LoadBalancer"},
		"{" + service + ", spec: {ports: [{port: 1}, {port: 2, name: a}]}}":              {"spec.ports[0].name of Service/o is missing"},
		"{" + service + ", spec: {ports: [{port: 1, name: a}, {port: 2, name: a}]}}":     {`spec.ports[a].name of Service/o is "a", which is taken`},
		"{" + service + ", spec: {ports: [{port: 1, targetPort: Bad_}]}}":                {`spec.ports[0].targetPort of Service/o is "Bad_"`},
		"{" + service + ", spec: {externalTrafficPolicy: Local, ports: [{port: 1}]}}":    {"spec.externalTrafficPolicy of Service/o is given without the type NodePort or LoadBalancer"},
		"{" + service + ", spec: {ipFamilyPolicy: '', ports: [{port: 1}]}}":              {`spec.ipFamilyPolicy of Service/o is ""`},
		"{" + service + ", spec: {sessionAffinity: '', ports: [{port: 1}]}}":             nil,
		"{" + service + ", spec: {ports: [{port: 1, appProtocol: 'a b'}]}}":              {`spec.ports[0].appProtocol of Service/o is "a b"`},
		"{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: o}, spec: {ingressClassName: A, rules: [{http: {paths: [{pathType: '', path: /, backend: {service: {name: s, port: {number: 1}}}}]}}]}}": {
			`spec.ingressClassName of Ingress/o is "A"`, `spec.rules[0].http.paths[0].pathType of Ingress/o is ""`,
		},
		"{" + service + ", spec: {type: Loadbalancer, ports: [{port: 1}]}}":                                {`spec.type of Service/o is "Loadbalancer"`},
		"{" + service + ", spec: {type: LoadBalancer, loadBalancerSourceRanges: [x], ports: [{port: 1}]}}": {`spec.loadBalancerSourceRanges[0] of Service/o is "x"`},

		statefulSet("", "", ""):                                                       nil,
		statefulSet("", "", "replicas: -1, "):                                         {"spec.replicas of StatefulSet/o is -1"},
		statefulSet("", "", "replicas: '3', "):                                        {`spec.replicas of StatefulSet/o is "3", where a whole number of 32 bits is wanted`},
		statefulSet("", "", "replicas: 9999999999, "):                                 {"spec.replicas of StatefulSet/o is 9999999999, where a whole number of 32 bits is wanted"},
		statefulSet("", "", "replica: 3, "):                                           {"spec.replica of StatefulSet/o is no field that Kubernetes knows; did you mean replicas?"},
		statefulSet("", "", "updateStrategy: {rollingUpdate: {maxUnavailable: 1}}, "): {"spec.updateStrategy.rollingUpdate.maxUnavailable of StatefulSet/o is off by default in Kubernetes up to 1.36"},
		statefulSet("", "restartPolicy: Never, ", ""):                                 {`spec.template.spec.restartPolicy of StatefulSet/o is "Never"`},
		statefulSet("", "nodeSelector: {a: 'b c'}, ", ""):                             {inPod + `nodeSelector[a] of StatefulSet/o is "b c"`},
		statefulSet("", "volumes: [{name: v}, {name: v, emptyDir: {}, configMap: {name: x}}], ", ""): {
			inPod + "volumes[v] of StatefulSet/o is there twice",
			inPod + "volumes[v] of StatefulSet/o has more than one source: emptyDir, configMap",
		},
		statefulSet("", "initContainers: [{name: c, image: i}], ", ""):                                {inContainer + `name of StatefulSet/o is "c", which is taken`},
		statefulSet("", "securityContext: {seccompProfile: {type: Localhost}}, ", ""):                 {inPod + "securityContext.seccompProfile.localhostProfile of StatefulSet/o is missing"},
		statefulSet("volumeMounts: [{name: v, mountPath: /v}]", "", ""):                               {inContainer + `volumeMounts[/v].name of StatefulSet/o is "v", and the pod has no such volume`},
		statefulSet("resources: {requests: {cpu: 2}, limits: {cpu: 1}}", "", ""):                      {inContainer + "resources.requests[cpu] of StatefulSet/o is 2, over the limit 1"},
		statefulSet("resources: {requests: {cpu: 2x}}", "", ""):                                       {inContainer + `resources.requests[cpu] of StatefulSet/o is "2x", where a quantity such as "500m" or "4Gi" is wanted`},
		statefulSet("resources: {requests: {cpus: 2}}", "", ""):                                       {inContainer + "resources.requests[cpus] of StatefulSet/o is no resource of a container"},
		statefulSet("env: [{name: A, value: 'true', valueFrom: {fieldRef: {fieldPath: a}}}]", "", ""): {inContainer + "env[A].valueFrom of StatefulSet/o is given beside value", inContainer + `env[A].valueFrom.fieldRef.fieldPath of StatefulSet/o is "a"`},
		statefulSet("env: [{name: A, value: true}]", "", ""):                                          {inContainer + "env[A].value of StatefulSet/o is true, where a string is wanted"},
		statefulSet("env: [{name: A}, {name: A}]", "", ""):                                            {inContainer + "env[A] of StatefulSet/o is there twice"},
		statefulSet("env: [{name: A, valueFrom: {resourceFieldRef: {resource: memory}}}]", "", ""):    {inContainer + `env[A].valueFrom.resourceFieldRef.resource of StatefulSet/o is "memory"`},
		statefulSet("args: [null]", "", ""):                                                           {inContainer + "args[0] of StatefulSet/o is null, where a value is wanted"},
		statefulSet("livenessProbe: {}", "", ""):                                                      {inContainer + "livenessProbe of StatefulSet/o has 0 handlers"},
		statefulSet("lifecycle: {stopSignal: SIGTERM}", "", ""):                                       {inContainer + "lifecycle.stopSignal of StatefulSet/o is off by default in Kubernetes up to 1.36"},
		statefulSet("securityContext: {privileged: true, allowPrivilegeEscalation: false}", "", ""):   {inContainer + "securityContext.allowPrivilegeEscalation of StatefulSet/o is false, where privileged is true"},
		statefulSet("", "hostUsers: false, ", ""):                                                     {inPod + "hostUsers of StatefulSet/o needs Kubernetes 1.33 or newer"},

		"{apiVersion: batch/v1, kind: Job, metadata: {name: o}, spec: {template: {spec: {containers: [{name: c, image: i}]}}}}": {`spec.template.spec.restartPolicy of Job/o is missing`},
		"{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: o}, spec: {minAvailable: 1, maxUnavailable: 1_%}}": {
			"spec.maxUnavailable of PodDisruptionBudget/o is given beside minAvailable", `spec.maxUnavailable of PodDisruptionBudget/o is "1_%"`,
		},
		"{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: o}, spec: {podSelector: {}, ingress: [{from: [{}, {ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/8]}, podSelector: {}}]}]}}": {
			"spec.ingress[0].from[0] of NetworkPolicy/o is empty", "spec.ingress[0].from[1].ipBlock of NetworkPolicy/o is given beside a selector",
			`spec.ingress[0].from[1].ipBlock.except[0] of NetworkPolicy/o is "11.0.0.0/8"`,
		},
		"{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: o}, spec: {rules: [{host: a_b, http: {paths: [{pathType: Prefix, path: x, backend: {service: {name: s, port: {}}}}]}}]}}": {
			`spec.rules[0].host of Ingress/o is "a_b"`, `spec.rules[0].http.paths[0].path of Ingress/o is "x"`, "spec.rules[0].http.paths[0].backend.service.port of Ingress/o must have one of name and number",
		},

		// Custom resources that natsyard emits.
		"{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: o}, spec: {hostnames: [A], parentRefs: [{name: g, port: 0}], x: 1}}": {
			"spec.hostnames[0] of HTTPRoute/o is \"A\"", "spec.parentRefs[g].port of HTTPRoute/o is 0", "spec.x of HTTPRoute/o is no field that Kubernetes knows",
		},
		"{" + route + ", spec: {parentRefs: [{name: g}, {name: g}], rules: [{matches: [{path: {value: 'x/../y'}}], backendRefs: [{name: s}]}]}}": {
			"spec.parentRefs of HTTPRoute/o is refused: sectionName must be unique when parentRefs includes 2 or more references to the same parent",
			"spec.rules[0].backendRefs[s] of HTTPRoute/o is refused: Must have port for Service reference",
			"spec.rules[0].matches[0].path of HTTPRoute/o is refused: value must be an absolute path and start with '/' when type one of ['Exact', 'PathPrefix']; must not contain '/../' when type one of ['Exact', 'PathPrefix']",
		},
		"{" + route + ", spec: {parentRefs: [{name: g, namespace: a}, {name: g, namespace: b}], rules: [{filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]}]}}": nil,
		"{" + route + ", spec: {rules: [{filters: [{type: RequestRedirect, requestRedirect: {statusCode: 303}}]}]}}": {
			"spec.rules[0].filters[0].requestRedirect.statusCode of HTTPRoute/o is 303",
		},
		// What lacks something is not judged by rules that speak of it.
		"{" + route + ", spec: {rules: [{filters: [{requestRedirect: {}}]}]}}":                         {"spec.rules[0].filters[0].type of HTTPRoute/o is missing"},
		"{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: o}, spec: {x: y}}": nil,
		"{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: o}, spec: {issuerRef: {}, privateKey: {size: x, algorithm: ''}}}": {
			"spec.issuerRef.name of Certificate/o is missing", `spec.privateKey.algorithm of Certificate/o is ""`, `spec.privateKey.size of Certificate/o is "x", where a whole number is wanted`, "spec.secretName of Certificate/o is missing",
		},
		"{apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: {name: o}, spec: {selector: {}, podMetricsEndpoints: [{interval: 30 s}]}}": {
			`spec.podMetricsEndpoints[0].interval of PodMonitor/o is "30 s"`,
		},
	} {
		name := text[:min(len(text), 200)]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, d := range valid.Added(in, nil, []kube.Object{parse(t, text)}) {
				if !strings.HasPrefix(d.Rule, "pod-security-") {
					got = append(got, d.Message)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			require.Equal(t, want, got)
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	in := load(b, `cluster: replicas: 3, jetstream: {}, promExporter: enabled: true`)
	all := objects(b, in)
	b.ReportAllocs()
	for b.Loop() {
		require.Empty(b, valid.Check(in, all, nil))
	}
}

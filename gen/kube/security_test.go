package kube_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/natsyard/natsyard/gen/intent"
)

// pods gives the two kinds of pods of an intent; of servers in several zones, those of the first.
func pods(t testing.TB, in *intent.Intent) map[string]corev1.PodTemplateSpec {
	t.Helper()
	all := objects(t, in)
	return map[string]corev1.PodTemplateSpec{
		"nats":     find[appsv1.StatefulSet](t, all, "StatefulSet", in.ServerSets()[0].Name).Spec.Template,
		"nats-box": find[appsv1.Deployment](t, all, "Deployment", in.BoxName()).Spec.Template,
	}
}

// forbidden gives what the API server's own admission says against a pod at level restricted.
func forbidden(t testing.TB, pod corev1.PodTemplateSpec) string {
	t.Helper()
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	require.NoError(t, err)
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	results := policy.AggregateCheckResults(evaluator.EvaluatePod(restricted, &pod.ObjectMeta, &pod.Spec))
	return results.ForbiddenDetail()
}

func TestPodsPassRestrictedPodSecurityStandard(t *testing.T) {
	t.Parallel()
	for name, fields := range map[string]string{
		"minimal":          ``,
		"sidecars":         `promExporter: enabled: true, profiling: {}`,
		"claim":            `jetstream: fileStore: {}`,
		"memory":           `jetstream: memoryStore: {}`,
		"context secrets":  `natsBox: contexts: a: {creds: secretName: "c", tls: secretName: "t"}`,
		"openshift users":  `podSecurityContext: {runAsUser: null, runAsGroup: null, fsGroup: null}`,
		"writable root fs": `securityContext: readOnlyRootFilesystem: false`,
		"zones":            `{cluster: replicas: 3, zones: names: ["a", "b"]}`,
		"extras":           `{extraContainers: a: image: "a", extraInitContainers: b: image: "b", extraVolumes: c: emptyDir: {}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for kind, pod := range pods(t, parse(t, fields)) {
				require.Empty(t, forbidden(t, pod), kind)
			}
		})
	}
	for _, name := range cases {
		for kind, pod := range pods(t, parseFile(t, name+".cue")) {
			if name != "everything" || kind != "nats" { // which asks for ports of the node
				require.Empty(t, forbidden(t, pod), name)
			}
		}
	}
}

func TestAdmissionSeesWhatTheUserLoosens(t *testing.T) {
	t.Parallel()
	for fields, says := range map[string]string{
		`securityContext: allowPrivilegeEscalation: true`:        "allowPrivilegeEscalation",
		`securityContext: capabilities: add: ["NET_ADMIN"]`:      "NET_ADMIN",
		`podSecurityContext: runAsNonRoot: false`:                "runAsNonRoot",
		`podSecurityContext: seccompProfile: type: "Unconfined"`: "seccompProfile",
	} {
		t.Run(fields, func(t *testing.T) {
			t.Parallel()
			for kind, pod := range pods(t, parse(t, fields)) {
				require.Contains(t, forbidden(t, pod), says, kind)
			}
		})
	}
}

// Every container has the security context, keeps to a read-only image, and nothing mounts
// a token of the API server.
func TestPodsHoldNoRights(t *testing.T) {
	t.Parallel()
	in := parse(t, `promExporter: enabled: true, serviceAccount: enabled: true`)
	for kind, pod := range pods(t, in) {
		require.Equal(t, new(false), pod.Spec.AutomountServiceAccountToken, kind)
		require.Equal(t, new(false), pod.Spec.EnableServiceLinks, kind)
		require.Equal(t, in.PodSecurityContext, *pod.Spec.SecurityContext, kind)
		for _, c := range pod.Spec.Containers {
			require.Equal(t, in.SecurityContext, *c.SecurityContext, c.Name)
			require.True(t, *c.SecurityContext.ReadOnlyRootFilesystem, c.Name)
		}
	}
	account := find[corev1.ServiceAccount](t, objects(t, in), "ServiceAccount", "nats")
	require.Equal(t, new(false), account.AutomountServiceAccountToken)
}

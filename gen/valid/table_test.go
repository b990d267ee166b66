package valid

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// All of the committed table can be read, and what it speaks of is there.
func TestTableIsWhole(t *testing.T) {
	t.Parallel()
	table := known()
	for _, kind := range []string{
		"v1 ConfigMap", "v1 Secret", "v1 Service", "v1 ServiceAccount", "v1 PersistentVolumeClaim", "apps/v1 StatefulSet", "apps/v1 Deployment",
		"policy/v1 PodDisruptionBudget", "networking.k8s.io/v1 NetworkPolicy", "networking.k8s.io/v1 Ingress",
		"monitoring.coreos.com/v1 PodMonitor", "cert-manager.io/v1 Certificate", "gateway.networking.k8s.io/v1 HTTPRoute",
	} {
		require.NotNil(t, table.kinds[kind], kind)
		require.NotNil(t, table.kinds[kind].typ, kind)
	}
	for _, group := range []string{"", "apps", "policy", "networking.k8s.io", "rbac.authorization.k8s.io"} {
		require.True(t, table.groups[group], group)
	}
	for _, group := range []string{"monitoring.coreos.com", "cert-manager.io", "gateway.networking.k8s.io"} {
		require.False(t, table.groups[group], "%s holds kinds that are not in the table", group)
	}
	for name, typ := range table.types {
		for line := range strings.Lines(typ.text) {
			parts := strings.SplitN(strings.TrimSpace(line), " ", 3)
			require.GreaterOrEqual(t, len(parts), 2, "%s: %s", name, line)
			scalar := strings.TrimLeft(parts[1], "[]{}")
			if table.types[scalar] == nil && scalar != "any" {
				require.Contains(t, wanted, scalar, "%s: %s", name, line)
			}
			if len(parts) == 3 {
				var l limits
				d := json.NewDecoder(bytes.NewReader([]byte(parts[2])))
				d.DisallowUnknownFields()
				require.NoError(t, d.Decode(&l), "%s: %s", name, line)
				_, err := regexp.Compile(l.Pattern)
				require.NoError(t, err)
				for _, minor := range []int{l.Since, l.Until} {
					require.True(t, minor == 0 || minor >= OldestMinor && minor <= NewestMinor, "%s: %s", name, line)
				}
			}
		}
		typ.load()
		require.NotEmpty(t, typ.fields, name)
	}
}

// What is written by hand speaks of fields that there are, in forms that there are.
func TestHandIsWhole(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, block := range strings.Split(strings.TrimSpace(hand), "\n\n")[1:] {
		head, lines, _ := strings.Cut(block, "\n")
		typ := known().types[strings.TrimPrefix(head, "type ")]
		require.NotNil(t, typ, head)
		typ.load()
		for line := range strings.Lines(lines) {
			name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
			require.Contains(t, typ.fields, name, head)
			require.Equal(t, 1, strings.Count("\n"+lines, "\n"+name+" "), "%s.%s", head, name)
			var l limits
			d := json.NewDecoder(strings.NewReader(text))
			d.DisallowUnknownFields()
			require.NoError(t, d.Decode(&l), "%s: %s", head, line)
			if l.Form != "" {
				require.Contains(t, forms, l.Form, "%s: %s", head, line)
				used[l.Form] = true
			}
		}
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(forms)), slices.Collect(maps.Keys(used)))
}

// The table has the versions that people know from Kubernetes' release notes.
func TestTableKnowsVersions(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]limits{
		"core.v1.ServiceSpec.trafficDistribution":                 {Since: 31}, // beta, and on, in 1.31
		"core.v1.PodSpec.hostUsers":                               {Since: 33}, // on in 1.33
		"core.v1.Volume.image":                                    {Since: 35}, // on in 1.35
		"core.v1.PodSpec.terminationGracePeriodSeconds":           {},          // of old
		"core.v1.PodSecurityContext.supplementalGroups":           {},          // of old, though a newer gate changes it
		"core.v1.Lifecycle.stopSignal":                            {Since: 33, Gate: "ContainerStopSignals"},
		"apps.v1.RollingUpdateStatefulSetStrategy.maxUnavailable": {Gate: "MaxUnavailableStatefulSet"},
		"batch.v1.JobSpec.successPolicy":                          {Since: 31}, // on in 1.31, though 1.30 has the field
		"batch.v1.JobSpec.managedBy":                              {Since: 32},
		"core.v1.VolumeProjection.podCertificate":                 {Since: 34, Gate: "PodCertificateRequest"}, // off, though beta
		"autoscaling.v2.HorizontalPodAutoscalerSpec.minReplicas":  {},                                         // HPAScaleToZero is about one value
	} {
		at := strings.LastIndexByte(path, '.')
		typ := known().types[path[:at]]
		require.NotNil(t, typ, path)
		typ.load()
		f := typ.fields[path[at+1:]]
		require.NotNil(t, f, "%s has %v", path, slices.Sorted(maps.Keys(typ.fields)))
		require.Equal(t, []any{want.Since, want.Until, want.Gate}, []any{f.Since, f.Until, f.Gate}, path)
	}
}

// Every rule of a custom resource can be read and compiled, and what its message says is for people.
func TestRulesAreWhole(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, ruledKinds()["gateway.networking.k8s.io/v1 HTTPRoute"])
	count := 0
	for _, block := range strings.Split(rulesText, "\n\n")[1:] {
		head, lines, _ := strings.Cut(block, "\n")
		require.Regexp(t, `^kind \S+ \S+$`, head)
		for line := range strings.Lines(lines) {
			path, text, _ := strings.Cut(strings.TrimSpace(line), " ")
			require.Regexp(t, `^[a-z]\w*(\[\])*(\.[a-z]\w*(\[\])*)*$`, path)
			var r ruled
			d := json.NewDecoder(strings.NewReader(text))
			d.DisallowUnknownFields()
			require.NoError(t, d.Decode(&r), line)
			for _, rule := range r.Rules {
				require.NotEmpty(t, rule.Message)
				_, err := compile(rule.Rule)
				require.NoError(t, err, rule.Rule)
				count++
			}
		}
	}
	require.Greater(t, count, 50)
}

package conf

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPods(t *testing.T) {
	t.Parallel()
	in := newIntent(t, `{
		namespace: "messaging", serverNamePrefix: "eu-", cluster: replicas: 2
		env: {
			A:         "plain"
			B:         "$(POD_NAME) $(A) $(Z) $(NONE) $$(A) $A $("
			C: valueFrom: secretKeyRef: {name: "s", key: "k"}
			D:         "\"$(C)\""
			NAME: valueFrom: fieldRef: fieldPath: "metadata.name"
			SPACE: valueFrom: fieldRef: fieldPath: "metadata.namespace"
			IP: valueFrom: fieldRef: fieldPath: "status.podIP"
			Z:         "late"
		}
	}`)
	pods := Pods(in)
	require.Len(t, pods, 2)
	require.Equal(t, Pod{
		Name: "nats-1",
		Env: map[string]string{
			"POD_NAME": "nats-1", "SERVER_NAME": "eu-nats-1", "NAME": "nats-1", "SPACE": "messaging",
			"A": "plain", "B": "nats-1 plain $(Z) $(NONE) $(A) $A $(", "Z": "late",
		},
		Unknown: []string{"C", "D", "IP"},
	}, pods[1])
}

func TestPodsOfOneServer(t *testing.T) {
	t.Parallel()
	pods := Pods(newIntent(t, `{statefulSet: name: "hub"}`))
	require.Equal(t, []Pod{{Name: "hub-0", Env: map[string]string{"POD_NAME": "hub-0", "SERVER_NAME": "hub-0"}}}, pods)
}

func TestPodsKnowTheLimitOfTheRuntime(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`{resources: limits: memory: "4Gi"}`:                                                "3276MiB",
		`{resources: limits: memory: 1000}`:                                                 "800B",
		`{resources: limits: memory: "4Gi", env: GOMEMLIMIT: "1GiB"}`:                       "1GiB",
		`{resources: limits: memory: "4Gi", env: A: "$(GOMEMLIMIT)"}`:                       "3276MiB",
		`{resources: limits: memory: "4Gi", env: {A: "$(GOMEMLIMIT)", GOMEMLIMIT: "2GiB"}}`: "2GiB",
	} {
		env := Pods(newIntent(t, source))[0].Env
		require.Equal(t, want, env["GOMEMLIMIT"], source)
		if a, ok := env["A"]; ok {
			require.Equal(t, want, a, "it stands before the user's variables")
		}
	}
}

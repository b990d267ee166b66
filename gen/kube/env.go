package kube

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// serverEnv is the environment of the nats container.
func serverEnv(in *intent.Intent) []corev1.EnvVar {
	podName := &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}
	ours := []corev1.EnvVar{
		{Name: "POD_NAME", ValueFrom: podName},
		{Name: "SERVER_NAME", Value: in.ServerNamePrefix + "$(POD_NAME)"},
	}
	// Go does not know of the container's limit: without this the kernel kills the server
	// before the garbage collector works harder.
	if limit := in.GoMemLimitText(); limit != "" {
		ours = append(ours, corev1.EnvVar{Name: "GOMEMLIMIT", Value: limit})
	}
	return env(ours, in.Env)
}

// env is our variables in their order, which counts where one refers to another, then the
// user's by name. A variable that the user gives takes the place of ours.
func env(ours []corev1.EnvVar, users map[string]schema.EnvVar) []corev1.EnvVar {
	own := map[string]bool{}
	for i, v := range ours {
		own[v.Name] = true
		if user, ok := users[v.Name]; ok {
			ours[i] = envVar(v.Name, user)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(users)) {
		if !own[name] {
			ours = append(ours, envVar(name, users[name]))
		}
	}
	return ours
}

func envVar(name string, v schema.EnvVar) corev1.EnvVar {
	return corev1.EnvVar{Name: name, Value: v.Value, ValueFrom: v.ValueFrom}
}

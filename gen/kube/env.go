package kube

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// serverEnv is the environment of the nats container.
func serverEnv(in *intent.Intent, set intent.ServerSet) []corev1.EnvVar {
	ours := []corev1.EnvVar{
		{Name: "POD_NAME", ValueFrom: podField("metadata.name")},
		{Name: "SERVER_NAME", Value: in.ServerNamePrefix + "$(POD_NAME)"},
	}
	// Go does not know of the container's limit: without this the kernel kills the server
	// before the garbage collector works harder.
	if limit := in.GoMemLimitText(); limit != "" {
		ours = append(ours, corev1.EnvVar{Name: "GOMEMLIMIT", Value: limit})
	}
	for _, v := range in.Variables(set) {
		ours = append(ours, variable(v))
	}
	return env(ours, in.Env)
}

// variable is one that nats.conf refers to.
func variable(v intent.Variable) corev1.EnvVar {
	switch {
	case v.Secret != nil:
		return corev1.EnvVar{Name: v.Name, ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: v.Secret.SecretName},
			Key:                  v.Secret.Key,
		}}}
	case v.Field != "":
		return corev1.EnvVar{Name: v.Name, ValueFrom: podField(v.Field)}
	}
	return corev1.EnvVar{Name: v.Name, Value: v.Value}
}

// podField is a field of the pod. The version is the default: without it a second manager that applies the same on the server is told of a
// conflict, since Kubernetes takes such a reference as a whole.
func podField(path string) *corev1.EnvVarSource {
	return &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: path}}
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

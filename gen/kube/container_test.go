package kube_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// containers gives the containers of a server's pod by name, and their names in order.
func containers(t testing.TB, fields string) (map[string]corev1.Container, []string) {
	t.Helper()
	byName := map[string]corev1.Container{}
	var names []string
	for _, c := range servers(t, fields).Spec.Template.Spec.Containers {
		byName[c.Name] = c
		names = append(names, c.Name)
	}
	return byName, names
}

func TestContainerOrder(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string][]string{
		``:                            {"nats", "reloader"},
		`reloader: enabled: false`:    {"nats"},
		`promExporter: enabled: true`: {"nats", "reloader", "prom-exporter"},
		`{promExporter: enabled: true, reloader: enabled: false}`: {"nats", "prom-exporter"},
	} {
		_, names := containers(t, fields)
		require.Equal(t, want, names, fields)
	}
}

// variables writes an environment as name=value, name@source.
func variables(env []corev1.EnvVar) string {
	var texts []string
	for _, v := range env {
		switch {
		case v.ValueFrom == nil:
			texts = append(texts, v.Name+"="+v.Value)
		case v.ValueFrom.FieldRef != nil:
			texts = append(texts, v.Name+"@"+v.ValueFrom.FieldRef.FieldPath)
		default:
			texts = append(texts, v.Name+"@"+v.ValueFrom.SecretKeyRef.Name+"/"+v.ValueFrom.SecretKeyRef.Key)
		}
	}
	return strings.Join(texts, " ")
}

func TestServerEnvironment(t *testing.T) {
	t.Parallel()
	const first = "POD_NAME@metadata.name SERVER_NAME=$(POD_NAME)"
	for name, c := range map[string]struct{ fields, want string }{
		"default":       {``, first},
		"prefix":        {`serverNamePrefix: "eu-"`, "POD_NAME@metadata.name SERVER_NAME=eu-$(POD_NAME)"},
		"memory limit":  {`resources: limits: memory: "4Gi"`, first + " GOMEMLIMIT=3276MiB"},
		"decimal limit": {`resources: limits: memory: "1G"`, first + " GOMEMLIMIT=762MiB"},
		"tiny limit":    {`resources: limits: memory: 1000`, first + " GOMEMLIMIT=800B"},
		"own limit":     {`{resources: limits: memory: "4Gi", env: GOMEMLIMIT: "1GiB", env: A: "a"}`, first + " GOMEMLIMIT=1GiB A=a"},
		"own without":   {`env: GOMEMLIMIT: "1GiB"`, first + " GOMEMLIMIT=1GiB"},
		"sorted":        {`env: {Z: "z", B: "", A: valueFrom: secretKeyRef: {name: "s", key: "k"}}`, first + " A@s/k B= Z=z"},
		"secrets and zone": {`{zones: {}, resources: limits: memory: "4Gi", env: A: "$(NATS_ZONE)", authorization: token: {secretName: "s", key: "k"}}`,
			first + " GOMEMLIMIT=3276MiB NATS_ZONE@metadata.labels['topology.kubernetes.io/zone'] NATS_ZONE_TAG='az:$(NATS_ZONE)' SECRET_S__K@s/k QUOTED_S__K='$(SECRET_S__K)' A=$(NATS_ZONE)"},
		"own zone": {`{zones: {}, env: NATS_ZONE: "eu-1a"}`, first + " NATS_ZONE=eu-1a NATS_ZONE_TAG='az:$(NATS_ZONE)'"},
		"own name": {`env: SERVER_NAME: "$(POD_NAME).eu"`, "POD_NAME@metadata.name SERVER_NAME=$(POD_NAME).eu"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			byName, _ := containers(t, c.fields)
			require.Equal(t, c.want, variables(byName["nats"].Env))
		})
	}
}

func TestProbes(t *testing.T) {
	t.Parallel()
	get := func(path string) corev1.ProbeHandler {
		return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromString("monitor")}}
	}
	byName, _ := containers(t, `livenessProbe: {path: "/alive", initialDelaySeconds: 1, timeoutSeconds: 2, periodSeconds: 3, successThreshold: 1, failureThreshold: 5}`)
	nats := byName["nats"]
	require.Equal(t, get("/healthz"), nats.StartupProbe.ProbeHandler)
	require.Equal(t, get("/healthz?js-server-only=true"), nats.ReadinessProbe.ProbeHandler)
	require.Equal(t, &corev1.Probe{
		ProbeHandler: get("/alive"), InitialDelaySeconds: 1, TimeoutSeconds: 2, PeriodSeconds: 3, SuccessThreshold: 1, FailureThreshold: 5,
	}, nats.LivenessProbe)

	byName, _ = containers(t, `{nats: tls: secretName: "s", monitor: {tls: enabled: true, httpBasePath: "/base"}, readinessProbe: path: "/ready"}`)
	secure := func(path string) corev1.ProbeHandler {
		return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromString("monitor"), Scheme: corev1.URISchemeHTTPS}}
	}
	nats = byName["nats"]
	require.Equal(t, secure("/base/healthz"), nats.StartupProbe.ProbeHandler)
	require.Equal(t, secure("/base/ready"), nats.ReadinessProbe.ProbeHandler)
	require.Equal(t, secure("/base/healthz?js-enabled-only=true"), nats.LivenessProbe.ProbeHandler)

	byName, _ = containers(t, `monitor: enabled: false`)
	nats = byName["nats"]
	for _, probe := range []*corev1.Probe{nats.StartupProbe, nats.ReadinessProbe, nats.LivenessProbe} {
		require.Equal(t, corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromString("nats")}}, probe.ProbeHandler)
	}
}

func TestContainerPorts(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]string{
		``:                         "nats:4222 monitor:8222",
		`monitor: enabled: false`:  "nats:4222",
		`cluster: enabled: true`:   "nats:4222 cluster:6222 monitor:8222",
		`profiling: hostPort: 333`: "nats:4222 monitor:8222 profiling:65432@333",
		`{nats: {port: 1, hostPort: 2}, cluster: {replicas: 3, port: 3, hostPort: 4}, monitor: {port: 5, hostPort: 6}}`:          "nats:1@2 cluster:3@4 monitor:5@6",
		`{leafnodes: {hostPort: 1}, websocket: hostPort: 2, mqtt: {hostPort: 3}, gateway: hostPort: 4, monitor: enabled: false}`: "nats:4222 leafnodes:7422@1 websocket:8080@2 mqtt:1883@3 gateway:7222@4",
		`{leafnodes: remotes: a: urls: ["tls://a:1"], monitor: enabled: false}`:                                                  "nats:4222",
	} {
		byName, _ := containers(t, fields)
		var texts []string
		for _, p := range byName["nats"].Ports {
			text := fmt.Sprintf("%s:%d", p.Name, p.ContainerPort)
			if p.HostPort != 0 {
				text += fmt.Sprintf("@%d", p.HostPort)
			}
			texts = append(texts, text)
		}
		require.Equal(t, want, strings.Join(texts, " "), fields)
	}
}

func TestReloaderSharesTheMountsOfThePrefixes(t *testing.T) {
	t.Parallel()
	for prefixes, want := range map[string][]string{
		`["/etc/"]`:          {"/var/run/nats", "/etc/nats-config"},
		`[]`:                 {"/var/run/nats"},
		`["/"]`:              {"/var/run/nats", "/etc/nats-config", "/data"},
		`["/data", "/data"]`: {"/var/run/nats", "/data"},
	} {
		byName, _ := containers(t, `{jetstream: fileStore: {}, reloader: {natsVolumeMountPrefixes: `+prefixes+`, env: A: "a"}}`)
		reloader := byName["reloader"]
		var paths []string
		for _, m := range reloader.VolumeMounts {
			paths = append(paths, m.MountPath)
		}
		require.Equal(t, want, paths, prefixes)
		require.Equal(t, []string{"-pid", "/var/run/nats/nats.pid", "-config", "/etc/nats-config/nats.conf"}, reloader.Args)
		require.Equal(t, "A=a", variables(reloader.Env))
	}
}

func TestPromExporterArguments(t *testing.T) {
	t.Parallel()
	const always = "-connz -routez -subz -varz -prefix=nats -use_internal_server_id"
	for fields, want := range map[string]string{
		`promExporter: {}`:             "-port=7777 " + always + " http://localhost:8222/",
		`{jetstream: memoryStore: {}}`: "-port=7777 " + always + " -jsz=all http://localhost:8222/",
		`{promExporter: {port: 1, monitorDomain: "h"}, monitor: port: 2}`: "-port=1 " + always + " http://h:2/",
		`{leafnodes: {}, gateway: {}, jetstream: memoryStore: {}}`:        "-port=7777 " + always + " -jsz=all -leafz -gatewayz http://localhost:8222/",
		`{leafnodes: enabled: false, gateway: enabled: false}`:            "-port=7777 " + always + " http://localhost:8222/",
		`{monitor: {tls: enabled: true, httpBasePath: "/base"}}`:          "-port=7777 " + always + " https://localhost:8222/base/",
	} {
		byName, _ := containers(t, `{promExporter: enabled: true, `+fields+`}`)
		exporter := byName["prom-exporter"]
		require.Equal(t, want, strings.Join(exporter.Args, " "))
		require.Equal(t, "prom-metrics", exporter.Ports[0].Name)
	}
}

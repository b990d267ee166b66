package kube_test

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/natsyard/natsyard/gen/intent"
)

// files gives the files that a container finds in Secrets and ConfigMaps with chosen keys, as
// path: object/key.
func files(pod corev1.PodSpec, container corev1.Container) map[string]string {
	found := map[string]string{}
	for _, mount := range container.VolumeMounts {
		for _, volume := range pod.Volumes {
			var from string
			var items []corev1.KeyToPath
			switch {
			case volume.Name != mount.Name:
			case volume.Secret != nil:
				from, items = volume.Secret.SecretName, volume.Secret.Items
			case volume.ConfigMap != nil:
				from, items = volume.ConfigMap.Name, volume.ConfigMap.Items
			}
			for _, item := range items {
				found[path.Join(mount.MountPath, item.Path)] = from + "/" + item.Key
			}
		}
	}
	return found
}

// All that nats.conf names is mounted, and the reloader watches what can be renewed.
func TestServersFindTheirFiles(t *testing.T) {
	t.Parallel()
	for _, name := range cases {
		in := parseFile(t, name+".cue")
		pod := pods(t, in)["nats"].Spec
		ofServer := files(pod, pod.Containers[0])
		args := strings.Join(pod.Containers[1].Args, " ")
		ofReloader := files(pod, pod.Containers[1])
		for _, use := range in.TLSUses() {
			for _, file := range []string{use.CertFile(), use.KeyFile(), use.CAFile()} {
				if file == "" {
					continue
				}
				require.Contains(t, ofServer, file, name)
				require.Contains(t, ofReloader, file, name)
				require.Equal(t, 1, strings.Count(args+" ", " -config "+file+" "), "%s: %s", name, file)
			}
		}
		if in.LeafNodesEnabled() {
			for remote := range in.Leafnodes.Remotes {
				if file := in.LeafCredentialsFile(remote); file != "" {
					require.Equal(t, "hub-creds/nats.creds", ofServer[file])
				}
			}
		}
	}
}

func TestTLSVolumesHoldNoMoreThanIsRead(t *testing.T) {
	t.Parallel()
	in := parse(t, `{
		nats: tls: {secretName: "client", cert: "c", key: "k"}
		websocket: tls: {secretName: "web", ca: "root"}
		mqtt: tls: {}
		leafnodes: remotes: hub: {urls: ["tls://h:1"], tls: {}, credentials: {secretName: "creds", key: "hub.creds"}}
		tlsCA: {configMapName: "company", key: "root.pem"}
	}`)
	pod := pods(t, in)["nats"].Spec
	require.Equal(t, map[string]string{
		"/etc/nats-certs/nats/c":            "client/c",
		"/etc/nats-certs/nats/k":            "client/k",
		"/etc/nats-certs/websocket/tls.crt": "web/tls.crt",
		"/etc/nats-certs/websocket/tls.key": "web/tls.key",
		"/etc/nats-certs/websocket/root":    "web/root",
		"/etc/nats-creds/hub/hub.creds":     "creds/hub.creds",
		"/etc/nats-ca-cert/root.pem":        "company/root.pem",
	}, files(pod, pod.Containers[0]))
	var names []string
	for _, v := range pod.Volumes[2:] {
		names = append(names, v.Name)
	}
	require.Equal(t, []string{"tls-ca", "nats-tls", "websocket-tls", "leafnodes-hub-creds"}, names)

	off := pods(t, parse(t, `{tlsCA: {enabled: false, secretName: "company"}, leafnodes: {enabled: false, remotes: hub: {urls: ["tls://h:1"], credentials: secretName: "creds"}}}`))
	require.Len(t, off["nats"].Spec.Volumes, 2)
}

// A reloader that shares no certificate is not told to watch one: it would stop.
func TestReloaderWatchesOnlyWhatItSees(t *testing.T) {
	t.Parallel()
	byName, _ := containers(t, `{nats: tls: secretName: "s", tlsCA: secretName: "c", reloader: natsVolumeMountPrefixes: ["/etc/nats-config", "/etc/nats-ca"]}`)
	require.Equal(t, []string{"-pid", "/var/run/nats/nats.pid", "-config", "/etc/nats-config/nats.conf", "-config", "/etc/nats-ca-cert/ca.crt"}, byName["reloader"].Args)
}

// Clients of the servers get the authority, and never the servers' private key.
func TestClientsTrustTheAuthority(t *testing.T) {
	t.Parallel()
	const secure = `promExporter: enabled: true, monitor: tls: enabled: true, nats: tls: secretName: "client"`
	for name, c := range map[string]struct {
		fields       string
		ca           map[string]string
		url, context string
	}{
		"no TLS":        {fields: `promExporter: enabled: true`, url: "nats://nats:4222"},
		"image's own":   {fields: secure, url: "tls://nats:4222"},
		"in the secret": {secure + `, nats: tls: ca: "root"`, map[string]string{"/etc/nats-ca-cert/root": "client/root"}, "tls://nats:4222", "/etc/nats-ca-cert/root"},
		"shared":        {secure + `, tlsCA: secretName: "company"`, map[string]string{"/etc/nats-ca-cert/ca.crt": "company/ca.crt"}, "tls://nats:4222", "/etc/nats-ca-cert/ca.crt"},
		"both":          {secure + `, nats: tls: ca: "root", tlsCA: configMapName: "company"`, map[string]string{"/etc/nats-ca-cert/root": "client/root"}, "tls://nats:4222", "/etc/nats-ca-cert/root"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := parse(t, "{"+c.fields+"}")
			all := objects(t, in)
			box := pods(t, in)["nats-box"].Spec
			pod := pods(t, in)["nats"].Spec
			exporter := pod.Containers[2]
			want := c.ca
			if want == nil {
				want = map[string]string{}
			}
			require.Equal(t, want, files(box, box.Containers[0]))
			require.Equal(t, want, files(pod, exporter))
			for file := range c.ca {
				require.Equal(t, "SSL_CERT_FILE="+file, variables(exporter.Env))
			}
			var context map[string]any
			require.NoError(t, json.Unmarshal([]byte(find[corev1.ConfigMap](t, all, "ConfigMap", "nats-box-contexts").Data["default.json"]), &context))
			require.Equal(t, c.url, context["url"])
			require.Equal(t, c.context != "", context["ca"] == c.context)
		})
	}
}

func TestBoxContextsOverTLS(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ fields, want string }{
		"handshake first":   {`{nats: tls: {secretName: "s", handshakeFirst: true}}`, `{"url":"tls://nats:4222","tls_first":true}`},
		"in either way":     {`{nats: tls: {secretName: "s", handshakeFirst: "auto"}}`, `{"url":"tls://nats:4222"}`},
		"off":               {`{nats: tls: {enabled: false, secretName: "s", ca: "a", handshakeFirst: true}}`, `{"url":"nats://nats:4222"}`},
		"elsewhere":         {`{nats: tls: {secretName: "s", ca: "a", handshakeFirst: true}, natsBox: contexts: default: url: "tls://h:1"}`, `{"url":"tls://h:1","ca":"/etc/nats-ca-cert/a"}`},
		"elsewhere in wss":  {`{tlsCA: secretName: "s", natsBox: contexts: default: url: "wss://h:1"}`, `{"url":"wss://h:1","ca":"/etc/nats-ca-cert/ca.crt"}`},
		"elsewhere, no TLS": {`{nats: tls: {secretName: "s", ca: "a"}, natsBox: contexts: default: url: "nats://h:1"}`, `{"url":"nats://h:1"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			contexts := find[corev1.ConfigMap](t, objects(t, parse(t, c.fields)), "ConfigMap", "nats-box-contexts")
			require.JSONEq(t, c.want, contexts.Data["default.json"])
		})
	}
}

// Whatever the names of remotes, a pod has valid names, and none twice.
func TestPodNamesAreValidAndDistinct(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", 63)
	intents := []*intent.Intent{parse(t, `{
		name: "`+long[:47]+`"
		leafnodes: remotes: `+long+`: {urls: ["tls://a:1"], tls: certManager: issuerRef: name: "i", credentials: secretName: "c"}
		gateway: gateways: {"EU/West:1": {urls: ["tls://a:1"], tls: secretName: "s"}, "eu/west:1": {urls: ["tls://a:1"], tls: secretName: "s"}}
	}`)}
	for _, name := range cases {
		intents = append(intents, parseFile(t, name+".cue"))
	}
	for _, in := range intents {
		all := objects(t, in)
		for kind, pod := range pods(t, in) {
			distinct := func(of string, texts ...string) {
				slices.Sort(texts)
				require.Equal(t, slices.Compact(slices.Clone(texts)), texts, "%s %s", kind, of)
			}
			var volumes, names, ports []string
			for _, v := range pod.Spec.Volumes {
				require.Empty(t, validation.IsDNS1123Label(v.Name), v.Name)
				volumes = append(volumes, v.Name)
			}
			if kind == "nats" {
				for _, claim := range find[appsv1.StatefulSet](t, all, "StatefulSet", in.ServerSets()[0].Name).Spec.VolumeClaimTemplates {
					volumes = append(volumes, claim.Name)
				}
			}
			for _, c := range slices.Concat(pod.Spec.Containers, pod.Spec.InitContainers) {
				names = append(names, c.Name)
				var mounts, env []string
				for _, m := range c.VolumeMounts {
					require.Contains(t, volumes, m.Name)
					require.NotContains(t, m.MountPath, ":")
					mounts = append(mounts, m.MountPath)
				}
				for _, v := range c.Env {
					env = append(env, v.Name)
				}
				for _, p := range c.Ports {
					require.Empty(t, validation.IsValidPortName(p.Name))
					ports = append(ports, p.Name)
				}
				distinct("mounts of "+c.Name, mounts...)
				distinct("variables of "+c.Name, env...)
			}
			distinct("volumes", volumes...)
			distinct("containers", names...)
			distinct("ports", ports...)
		}
	}
}

package kube_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

func TestBoxContextURL(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ fields, want string }{
		"default":        {``, "nats://nats:4222"},
		"own names":      {`{name: "bus", nats: port: 4333}`, "nats://bus:4333"},
		"service's port": {`{nats: port: 4333, service: ports: nats: port: 4222}`, "nats://nats:4222"},
		"no service":     {`{nats: port: 4333, service: {enabled: false, ports: nats: port: 4222}}`, "nats://nats-headless:4333"},
		"port hidden":    {`service: ports: {nats: enabled: false, monitor: enabled: true}`, "nats://nats-headless:4222"},
		"given":          {`natsBox: contexts: default: url: "tls://a&b:1"`, "tls://a&b:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := parse(t, c.fields)
			contexts := find[corev1.ConfigMap](t, objects(t, in), "ConfigMap", in.BoxContextsName())
			require.Equal(t, map[string]string{"default.json": "{\n  \"url\": \"" + c.want + "\"\n}\n"}, contexts.Data)
		})
	}
}

// What a context names lies where a Secret is mounted, and no more of the Secret than that.
func TestBoxContextFilesAreMounted(t *testing.T) {
	t.Parallel()
	in := parse(t, `natsBox: {defaultContextName: "app", contexts: {
		app: {creds: secretName: "one", nkey: {secretName: "two", key: "seed"}}
		sys: tls: {secretName: "three", cert: "c.pem", key: "k.pem"}
	}}`)
	all := objects(t, in)
	require.Equal(t, map[string]string{
		"app.json": `{
  "url": "nats://nats:4222",
  "creds": "/etc/nats-creds/app/nats.creds",
  "nkey": "/etc/nats-nkeys/app/seed"
}
`,
		"sys.json": `{
  "url": "nats://nats:4222",
  "cert": "/etc/nats-certs/sys/c.pem",
  "key": "/etc/nats-certs/sys/k.pem"
}
`,
	}, find[corev1.ConfigMap](t, all, "ConfigMap", "nats-box-contexts").Data)

	pod := find[appsv1.Deployment](t, all, "Deployment", "nats-box").Spec.Template.Spec
	files := map[string]string{}
	for i, volume := range pod.Volumes {
		mount := pod.Containers[0].VolumeMounts[i]
		require.Equal(t, volume.Name, mount.Name)
		if volume.Secret != nil {
			for _, item := range volume.Secret.Items {
				files[mount.MountPath+"/"+item.Path] = volume.Secret.SecretName + "/" + item.Key
			}
		}
	}
	require.Equal(t, map[string]string{
		"/etc/nats-creds/app/nats.creds": "one/nats.creds",
		"/etc/nats-nkeys/app/seed":       "two/seed",
		"/etc/nats-certs/sys/c.pem":      "three/c.pem",
		"/etc/nats-certs/sys/k.pem":      "three/k.pem",
	}, files)
	require.Equal(t, []string{"app"}, pod.Containers[0].Args)
}

// Names of contexts are the user's, and Kubernetes bounds those of volumes.
func FuzzBoxVolumeNames(f *testing.F) {
	f.Add("default", "default-creds")
	f.Add(strings.Repeat("a", 200), strings.Repeat("a", 201))
	f.Add(strings.Repeat("a-", 40)+"a", strings.Repeat("a", 53))
	base := parse(f, ``)
	f.Fuzz(func(t *testing.T, one, other string) {
		for _, name := range []string{one, other} {
			if len(validation.IsDNS1123Subdomain(name)) > 0 || strings.Contains(name, ".") {
				t.Skip("the language lets no such name through")
			}
		}
		in := &intent.Intent{Intent: base.Intent}
		secret := schema.NatsBoxContext{
			Creds: &schema.SecretFile{SecretName: "s", Key: "k"},
			Nkey:  &schema.SecretFile{SecretName: "s", Key: "k"},
			Tls:   &schema.SecretTLS{SecretName: "s", Cert: "c", Key: "k"},
		}
		in.NatsBox.Contexts = map[string]schema.NatsBoxContext{one: secret, other: secret}
		pod := find[appsv1.Deployment](t, objects(t, in), "Deployment", "nats-box").Spec.Template.Spec
		seen := map[string]bool{}
		for _, volume := range pod.Volumes {
			require.Empty(t, validation.IsDNS1123Label(volume.Name), volume.Name)
			require.False(t, seen[volume.Name], volume.Name)
			seen[volume.Name] = true
		}
		require.Len(t, seen, 3+3*len(in.NatsBox.Contexts))
	})
}

func TestBoxEnvironment(t *testing.T) {
	t.Parallel()
	box := pods(t, parse(t, `natsBox: env: {NATS_USER: "u", XDG_CONFIG_HOME: "/tmp"}`))["nats-box"].Spec.Containers[0]
	require.Equal(t, "HOME=/nsc XDG_DATA_HOME=/nsc XDG_CONFIG_HOME=/tmp NKEYS_PATH=/nsc/nkeys NATS_USER=u", variables(box.Env))
	require.Equal(t, "/nsc", box.WorkingDir)
}

// The start script runs here as it does in the pod: it selects the default context, keeps
// a selection that was made since, and ends at once when it is told to.
func TestBoxStart(t *testing.T) {
	t.Parallel()
	box := pods(t, parse(t, `natsBox: defaultContextName: "sys"`))["nats-box"].Spec.Containers[0]
	home := t.TempDir()
	contexts, selected := filepath.Join(home, "nats", "context"), filepath.Join(home, "nats", "context.txt")

	start := func() (selection string) {
		command := exec.CommandContext(t.Context(), box.Command[0], append(box.Command[1:], box.Args...)...)
		command.Env = append(os.Environ(), "XDG_CONFIG_HOME="+home)
		command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		require.NoError(t, command.Start())
		// In a pod the end of the first process takes the rest along.
		defer func() { _ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }()
		require.Eventually(t, func() bool {
			target, err := os.Readlink(contexts)
			return err == nil && target == box.VolumeMounts[0].MountPath
		}, time.Minute, 10*time.Millisecond)
		require.NoError(t, command.Process.Signal(syscall.SIGTERM))
		require.NoError(t, command.Wait())
		text, err := os.ReadFile(selected)
		require.NoError(t, err)
		return string(text)
	}
	require.Equal(t, "sys", start())
	require.NoError(t, os.Remove(contexts))
	require.NoError(t, os.WriteFile(selected, []byte("other"), 0o600))
	require.Equal(t, "other", start())
}

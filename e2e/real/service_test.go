package real

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/natsyard/natsyard/e2e/internal/build"
	"github.com/natsyard/natsyard/e2e/internal/nodes"
)

// A publisher is the pod of a service that publishes without pause.
type publisher struct {
	namespace, name string
	args            []string // of the client
}

// line is what it says every second; see images/client.
type line struct {
	At     time.Time
	Acked  int
	Gap    time.Duration
	Final  bool
	Stored uint64
	Lost   []int
}

// service starts the pod of a service, as restricted as the servers are. Its files are those of Secrets, by the folders they are in.
func service(t *testing.T, namespace, name string, files map[string]string, args ...string) {
	t.Helper()
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": name}},
		Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyNever, TerminationGracePeriodSeconds: ptr.To[int64](60),
			NodeSelector:    map[string]string{corev1.LabelHostname: nodes.Name(len(zones))}, // which stays as it is
			SecurityContext: &corev1.PodSecurityContext{RunAsNonRoot: ptr.To(true), RunAsUser: ptr.To[int64](1000), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}},
			Containers: []corev1.Container{{
				Name: "service", Image: build.Client + ":" + build.Tag, Args: args,
				SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: ptr.To(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
			}},
		},
	}
	for folder, secret := range files {
		volume := strings.ReplaceAll(strings.Trim(folder, "/"), "/", "-")
		pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: secret}}})
		pod.Spec.Containers[0].VolumeMounts = append(pod.Spec.Containers[0].VolumeMounts, corev1.VolumeMount{Name: volume, MountPath: folder})
	}
	_, err := k8s.Client.CoreV1().Pods(namespace).Create(t.Context(), pod, metav1.CreateOptions{})
	require.NoError(t, err)
}

// ended waits until the pod of a service has ended, and gives how, and all that it said.
func ended(t *testing.T, namespace, name string) (phase corev1.PodPhase, log string) {
	t.Helper()
	eventually(t, name+" ends", func() error {
		pod, err := k8s.Client.CoreV1().Pods(namespace).Get(t.Context(), name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		if phase = pod.Status.Phase; phase != corev1.PodSucceeded && phase != corev1.PodFailed {
			return fmt.Errorf("it is %s", phase)
		}
		return nil
	})
	return phase, logs(t, namespace, name)
}

// logs are all that a service has said; why that cannot be had otherwise.
func logs(t *testing.T, namespace, name string) string {
	data, err := k8s.Client.CoreV1().Pods(namespace).GetLogs(name, &corev1.PodLogOptions{}).DoRaw(t.Context())
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// publish starts a publisher, and waits until its first messages are acknowledged.
func publish(t *testing.T, namespace, name string, files map[string]string, args ...string) *publisher {
	t.Helper()
	p := &publisher{namespace, name, args}
	service(t, namespace, name, files, args...)
	eventually(t, "the service publishes", func() error {
		if len(p.lines(t)) < 2 {
			return fmt.Errorf("it has said: %s", logs(t, p.namespace, p.name))
		}
		return nil
	})
	return p
}

// lines are what it has said.
func (p *publisher) lines(t *testing.T) (lines []line) {
	for text := range strings.Lines(logs(t, p.namespace, p.name)) {
		var l line
		if strings.HasPrefix(text, "{") && json.Unmarshal([]byte(text), &l) == nil {
			lines = append(lines, l)
		}
	}
	return lines
}

// gaps is how long a publisher waited for an acknowledgement.
type gaps struct {
	acked   int
	longest time.Duration
}

func (g gaps) String() string {
	return fmt.Sprintf("%d acknowledged, longest gap %s", g.acked, g.longest.Round(time.Millisecond))
}

// since is how it went from a time on. It waits for an acknowledgement that is later than now.
func (p *publisher) since(t *testing.T, began time.Time) (g gaps) {
	t.Helper()
	now := time.Now()
	eventually(t, "messages are acknowledged", func() error {
		lines := p.lines(t)
		g = gaps{}
		first, last := 0, 0
		for _, l := range lines {
			if l.At.Before(began) {
				first = l.Acked
				continue
			}
			g.longest = max(g.longest, l.Gap)
			if l.At.After(now) && l.Acked > last {
				g.acked = l.Acked - first
			}
			last = l.Acked
		}
		if g.acked <= 0 {
			return fmt.Errorf("none is")
		}
		return nil
	})
	return g
}

// end has it end, and gives what it says at last.
func (p *publisher) end(t *testing.T) (final line) {
	t.Helper()
	kubectl(t, append([]string{"-n", p.namespace, "exec", p.name, "--", "client", "-end"}, p.args...)...)
	phase, log := ended(t, p.namespace, p.name)
	require.Equal(t, corev1.PodSucceeded, phase, log)
	for _, l := range p.lines(t) {
		if l.Final {
			final = l
		}
	}
	require.True(t, final.Final, log)
	return final
}

// whole has it end, and requires that all that was acknowledged is there, at least so many.
func (p *publisher) whole(t *testing.T, atLeast int) line {
	t.Helper()
	final := p.end(t)
	require.Empty(t, final.Lost)
	require.GreaterOrEqual(t, int(final.Stored), final.Acked)
	require.GreaterOrEqual(t, final.Acked, atLeast)
	return final
}

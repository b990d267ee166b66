package kube

import (
	_ "embed"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/intent"
)

// boxStart sets up the nats command line and waits. Its argument is the default context.
//
//go:embed box.sh
var boxStart string

// boxHome is the home of nats-box: what the nats and nsc commands write lies under it.
const boxHome = "/nsc"

// boxDeployment is a pod with the nats command line. A change of its contexts does not
// roll it: the files of a mounted ConfigMap follow the ConfigMap.
func boxDeployment(in *intent.Intent) *appsv1.Deployment {
	box := in.NatsBox
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: workloadMeta(in, natsBox, in.BoxName(), box.Annotations, box.Image),
		Spec: appsv1.DeploymentSpec{
			Replicas: new(int32(1)),
			Selector: labelSelector(in, natsBox),
			Template: corev1.PodTemplateSpec{
				ObjectMeta: podMeta(in, natsBox, nil, nil),
				Spec:       boxPod(in),
			},
		},
	}
}

func boxPod(in *intent.Intent) corev1.PodSpec {
	mounts := []corev1.VolumeMount{
		{Name: "contexts", MountPath: boxContextsDir},
		{Name: "home", MountPath: boxHome},
		{Name: "tmp", MountPath: "/tmp"},
	}
	// The image's file system is read-only.
	volumes := []corev1.Volume{
		configMapVolume("contexts", in.BoxContextsName()),
		emptyDir("home"),
		emptyDir("tmp"),
	}
	for _, s := range boxSecrets(in) {
		mounts = append(mounts, s.mount())
		volumes = append(volumes, s.source())
	}
	if ca, _, ok := trustedCA(in); ok {
		mounts = append(mounts, corev1.VolumeMount{Name: ca.Name, MountPath: in.TLSCADir()})
		volumes = append(volumes, ca)
	}

	box := container(in, "nats-box", in.NatsBox.Image, in.NatsBox.Resources)
	box.Command = []string{"sh", "-ec", boxStart, "--"}
	box.Args = []string{in.NatsBox.DefaultContextName}
	box.Env = env([]corev1.EnvVar{
		{Name: "HOME", Value: boxHome},
		{Name: "XDG_DATA_HOME", Value: boxHome},
		{Name: "XDG_CONFIG_HOME", Value: boxHome + "/.config"},
		{Name: "NKEYS_PATH", Value: boxHome + "/nkeys"},
	}, in.NatsBox.Env)
	// The image begins in /root, which only root may enter.
	box.WorkingDir = boxHome
	box.VolumeMounts = mounts

	pod := podSpec(in, []corev1.Container{box}, volumes)
	pod.NodeSelector = in.NatsBox.NodeSelector
	pod.Tolerations = in.NatsBox.Tolerations
	return pod
}

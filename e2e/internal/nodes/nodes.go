// Package nodes runs real nodes of a cluster on one machine: each has a containerd and a kubelet of its own. Their pods share a bridge, the DNS of
// the cluster and a kube-proxy. It needs the namespaces of the sandbox.
package nodes

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vishvananda/netlink"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/e2e/internal/build"
	"github.com/natsyard/natsyard/e2e/internal/cluster"
	"github.com/natsyard/natsyard/e2e/internal/sandbox"
)

// The network of the pods: the bridge has the first address, node n those of 10.88.n.0/24.
const (
	bridge  = sandbox.Bridge
	gateway = "10.88.0.1"
)

// Nodes are the nodes of a cluster.
type Nodes struct {
	cluster *cluster.Cluster
	runtime *build.Runtime
	kubelet map[string]*cluster.Process
	dns     *cluster.Process
}

// Name is the name of a node, counted from one.
func Name(n int) string { return "node-" + strconv.Itoa(n) }

// Names are those of the first nodes.
func Names(n int) (names []string) {
	for i := range n {
		names = append(names, Name(i+1))
	}
	return names
}

// Start starts a node for each zone, with the images on it, the DNS of the cluster and its Services.
func Start(ctx context.Context, c *cluster.Cluster, runtime *build.Runtime, images []string, zones ...string) (*Nodes, error) {
	n := &Nodes{cluster: c, runtime: runtime, kubelet: map[string]*cluster.Process{}}
	if err := network(); err != nil {
		return nil, err
	}
	if err := n.startDNS(); err != nil {
		return nil, err
	}
	for i, zone := range zones {
		if err := n.node(i+1, zone, images); err != nil {
			return nil, err
		}
	}
	proxy, err := n.launch("kube-proxy", c.Kube.Program("kube-proxy"), "--kubeconfig="+c.Kubeconfig("admin"), "--proxy-mode=nftables", "--masquerade-all", "--hostname-override="+Name(1),
		"--conntrack-max-per-core=0", "--conntrack-tcp-timeout-established=0s", "--conntrack-tcp-timeout-close-wait=0s", "--healthz-bind-address=127.0.0.1:10256", "--metrics-bind-address=127.0.0.1:10249")
	if err != nil {
		return nil, err
	}
	needs := append(slices.Collect(maps.Values(n.kubelet)), n.dns, proxy)
	return n, c.NodesReady(ctx, len(zones), needs...)
}

// launch starts a program that finds containerd, runc and nft.
func (n *Nodes) launch(name, program string, args ...string) (*cluster.Process, error) {
	return n.cluster.LaunchOther(name, n.runtime.Env(), program, args...)
}

// network makes the bridge, and has the kernel pass on what goes from one pod to another's Service.
func network() error {
	link := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: bridge}}
	if err := netlink.LinkAdd(link); err != nil {
		return fmt.Errorf("make the bridge (is there the kernel's module bridge?): %w", err)
	}
	address, err := netlink.ParseAddr(gateway + "/16")
	if err != nil {
		return err
	}
	if err := netlink.AddrAdd(link, address); err != nil {
		return err
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return err
	}
	// Of this network namespace, as all that is set here.
	return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644)
}

// startDNS starts CoreDNS on the bridge.
func (n *Nodes) startDNS() (err error) {
	dir := n.cluster.Dir
	corefile := fmt.Sprintf(".:53 {\n  bind %s\n  errors\n  kubernetes cluster.local in-addr.arpa {\n    kubeconfig %s e2e\n    ttl 1\n  }\n}\n", gateway, n.cluster.Kubeconfig("admin"))
	if err := os.WriteFile(filepath.Join(dir, "Corefile"), []byte(corefile), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "resolv.conf"), []byte("nameserver "+gateway+"\n"), 0o644); err != nil {
		return err
	}
	n.dns, err = n.launch("coredns", n.cluster.Kube.Program("coredns"), "-conf", filepath.Join(dir, "Corefile"))
	return err
}

// containerdConfig is that of a node. The kernel of a container may not be told to spare a process of it (restrict_oom_score_adj): root may
// lack the right to.
const containerdConfig = `version = 2
root = "%[1]s/root"
state = "%[1]s/state"
[plugins."io.containerd.internal.v1.opt"]
  path = "%[1]s/opt"
[grpc]
  address = "%[1]s/c.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/%[4]s"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "%[3]s"
    conf_dir = "%[1]s/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
      BinaryName = "%[2]s/runc"
`

const cniConfig = `{"cniVersion": "0.4.0", "name": "e2e", "plugins": [{"type": "bridge", "bridge": "` + bridge + `", "hairpinMode": true,
  "ipam": {"type": "host-local", "dataDir": "%[1]s/ipam", "ranges": [[{"subnet": "10.88.0.0/16", "rangeStart": "10.88.%[2]d.2", "rangeEnd": "10.88.%[2]d.250", "gateway": "` + gateway + `"}]],
  "routes": [{"dst": "0.0.0.0/0"}]}}]}
`

const kubeletConfig = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupRoot: /%[5]s
containerRuntimeEndpoint: unix://%[1]s/c.sock
clusterDNS: ["` + gateway + `"]
clusterDomain: cluster.local
resolvConf: %[2]s/resolv.conf
address: ` + gateway + `
port: %[3]d
readOnlyPort: 0
healthzPort: %[4]d
healthzBindAddress: 127.0.0.1
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
failSwapOn: false
makeIPTablesUtilChains: false
localStorageCapacityIsolation: false
podLogsDir: %[1]s/logs
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 100Mi, nodefs.available: 1%%, imagefs.available: 1%%}
nodeStatusUpdateFrequency: 2s
syncFrequency: 5s
`

// node starts a containerd, gives it the images, and starts a kubelet.
func (n *Nodes) node(number int, zone string, images []string) error {
	name := Name(number)
	dir := filepath.Join(n.cluster.Dir, name)
	for _, sub := range []string{"cni", "kubelet", "logs"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	if err := makeCgroup(n.cgroup(name)); err != nil {
		return err
	}
	files := map[string]string{
		"containerd.toml":  fmt.Sprintf(containerdConfig, dir, n.runtime.Bin, n.runtime.CNI, build.Pause+":"+build.Tag),
		"cni/e2e.conflist": fmt.Sprintf(cniConfig, dir, number),
		"kubelet.yaml":     fmt.Sprintf(kubeletConfig, dir, n.cluster.Dir, 10250+number, 10350+number, n.cgroup(name)),
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			return err
		}
	}
	containerd, err := n.launch("containerd-"+name, filepath.Join(n.runtime.Bin, "containerd"), "-c", filepath.Join(dir, "containerd.toml"))
	if err != nil {
		return err
	}
	err = cluster.Until("containerd of "+name+" answers", time.Minute, func() error { return n.ctr(name, "version") }, containerd)
	if err != nil {
		return err
	}
	for _, image := range images {
		if err := n.ctr(name, "-n", "k8s.io", "images", "import", image); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "zone"), []byte(zone), 0o644); err != nil {
		return err
	}
	return n.StartKubelet(name)
}

// ctr runs containerd's own command on a node.
func (n *Nodes) ctr(name string, args ...string) error {
	cmd := exec.Command(filepath.Join(n.runtime.Bin, "ctr"), append([]string{"-a", filepath.Join(n.cluster.Dir, name, "c.sock")}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("ctr %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// StartKubelet starts the kubelet of a node, also after a crash.
func (n *Nodes) StartKubelet(name string) error {
	dir := filepath.Join(n.cluster.Dir, name)
	zone, err := os.ReadFile(filepath.Join(dir, "zone"))
	if err != nil {
		return err
	}
	p, err := n.launch("kubelet-"+name, n.cluster.Kube.Program("kubelet"), "--config="+filepath.Join(dir, "kubelet.yaml"), "--kubeconfig="+n.cluster.Kubeconfig(name),
		"--hostname-override="+name, "--root-dir="+filepath.Join(dir, "kubelet"), "--cert-dir="+filepath.Join(dir, "pki"), "--node-ip="+gateway,
		"--node-labels=topology.kubernetes.io/zone="+string(zone)+",topology.kubernetes.io/region=r1")
	if err != nil {
		return err
	}
	n.kubelet[name] = p
	return nil
}

// KillKubelet ends the kubelet of a node as a crash does. Its pods go on.
func (n *Nodes) KillKubelet(name string) { n.kubelet[name].Kill() }

// Volume makes a folder of a node a volume of a class, as a local disk is.
func (n *Nodes) Volume(ctx context.Context, node, name, class, size string) error {
	dir := filepath.Join(n.cluster.Dir, node, "volumes", name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	volume := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:         corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(size)},
			AccessModes:      []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			StorageClassName: class, PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimRetain,
			PersistentVolumeSource: corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: dir}},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{node}}},
			}}}},
		},
	}
	_, err := n.cluster.Client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{})
	return err
}

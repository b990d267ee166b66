// Package cluster runs the control plane of a Kubernetes: etcd, the API server, the controllers and the scheduler, on loopback.
package cluster

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	certutil "k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"

	"github.com/natsyard/natsyard/e2e/internal/build"
)

// Cluster is a control plane that runs.
type Cluster struct {
	Dir     string // where it keeps its state and its logs
	Kube    *build.Kubernetes
	Client  kubernetes.Interface
	Dynamic dynamic.Interface
	Config  *rest.Config // of an administrator

	server   string // the address of the API server
	ca       string // the file of its certificate
	tokens   map[string]string
	programs []*Process
}

// StorageClass is the name of the class that claims without one get, and that natsyard's own environments name.
const StorageClass = "standard"

// Options are what differs between clusters.
type Options struct {
	Volumes   bool          // make volumes for claims, which are nowhere
	Nodes     []string      // the names that kubelets come with
	NodeGrace time.Duration // without a word of a node until it counts as gone
}

// Start starts a control plane and waits until it takes pods. Its programs end with this process.
func Start(dir string, kube *build.Kubernetes, o Options) (*Cluster, error) {
	c := &Cluster{Dir: dir, Kube: kube, tokens: map[string]string{}}
	ports, err := freePorts(5)
	if err != nil {
		return nil, err
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	c.server, c.ca = "https://127.0.0.1:"+ports[2], file("ca.crt")
	if err := c.identities(o.Nodes); err != nil {
		return nil, err
	}
	etcd := "http://127.0.0.1:" + ports[0]
	peer := "http://127.0.0.1:" + ports[1]
	database, err := c.Launch("etcd", "--name=e2e", "--data-dir="+file("etcd"), "--unsafe-no-fsync", "--log-level=warn",
		"--listen-client-urls="+etcd, "--advertise-client-urls="+etcd, "--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=e2e="+peer)
	if err != nil {
		return nil, err
	}
	if err := Until("etcd is healthy", time.Minute, func() error { return get(etcd + "/health") }, database); err != nil {
		return nil, err
	}
	api, err := c.Launch("kube-apiserver", "--etcd-servers="+etcd, "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--secure-port="+ports[2],
		"--service-cluster-ip-range="+ServiceRange, "--tls-cert-file="+c.ca, "--tls-private-key-file="+file("ca.key"),
		"--token-auth-file="+file("tokens.csv"), "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file="+file("accounts.key"), "--service-account-signing-key-file="+file("accounts.key"),
		"--kubelet-preferred-address-types=InternalIP", "--endpoint-reconciler-type=none", "--allow-privileged", "--profiling=false")
	if err != nil {
		return nil, err
	}
	if c.Config, err = clientcmd.BuildConfigFromFlags("", c.Kubeconfig("admin")); err != nil {
		return nil, err
	}
	c.Config.QPS, c.Config.Burst = 200, 400
	if c.Client, err = kubernetes.NewForConfig(c.Config); err != nil {
		return nil, err
	}
	if c.Dynamic, err = dynamic.NewForConfig(c.Config); err != nil {
		return nil, err
	}
	ctx := context.Background()
	err = Until("the API server is ready", 2*time.Minute, func() error {
		return c.Client.CoreV1().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
	}, database, api)
	if err != nil {
		return nil, err
	}
	grace := o.NodeGrace
	if grace == 0 {
		grace = 50 * time.Second
	}
	controllers, err := c.Launch("kube-controller-manager", "--kubeconfig="+c.Kubeconfig("controllers"), "--leader-elect=false", "--bind-address=127.0.0.1", "--secure-port="+ports[3],
		"--use-service-account-credentials", "--service-account-private-key-file="+file("accounts.key"), "--root-ca-file="+c.ca,
		"--node-monitor-period=1s", "--node-monitor-grace-period="+grace.String())
	if err != nil {
		return nil, err
	}
	scheduler, err := c.Launch("kube-scheduler", "--kubeconfig="+c.Kubeconfig("scheduler"), "--leader-elect=false", "--bind-address=127.0.0.1", "--secure-port="+ports[4])
	if err != nil {
		return nil, err
	}
	mode := storagev1.VolumeBindingWaitForFirstConsumer
	class := &storagev1.StorageClass{
		ObjectMeta:  metav1.ObjectMeta{Name: StorageClass, Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}},
		Provisioner: noProvisioner, VolumeBindingMode: &mode,
	}
	if o.Volumes {
		class.Provisioner = provisioner
		go c.provision(ctx)
	}
	if _, err := c.Client.StorageV1().StorageClasses().Create(ctx, class, metav1.CreateOptions{}); err != nil {
		return nil, err
	}
	// Without its account a namespace takes no pods.
	return c, Until("pods may be made", time.Minute, func() error {
		_, err := c.Client.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{})
		return err
	}, controllers, scheduler)
}

// ServiceRange is where Services have their addresses.
const ServiceRange = "10.96.0.0/16"

// Launch starts one of Kubernetes' programs.
func (c *Cluster) Launch(name string, args ...string) (*Process, error) {
	return c.LaunchOther(name, nil, c.Kube.Program(name), args...)
}

// LaunchOther starts a program with variables of its own. As all of the cluster it is watched, and ends with it.
func (c *Cluster) LaunchOther(name string, env []string, program string, args ...string) (*Process, error) {
	p, err := launch(c.Dir, name, env, program, args...)
	if err == nil {
		c.programs = append(c.programs, p)
	}
	return p, err
}

// Before tells whether the API server is of an older minor.
func (c *Cluster) Before(minor uint) bool {
	return version.MustParseGeneric(c.Kube.Version).Minor() < minor
}

// Running is an error once one of the programs has ended by itself.
func (c *Cluster) Running() error {
	for _, p := range c.programs {
		if err := p.Ended(); err != nil {
			return err
		}
	}
	return nil
}

// Stop ends the programs, the last first, and waits until they are gone.
func (c *Cluster) Stop() {
	for _, p := range slices.Backward(c.programs) {
		p.Kill()
	}
}

// users are who has which name and group at the API server.
var users = map[string]string{
	"admin":       "admin,admin,\"system:masters\"",
	"controllers": "system:kube-controller-manager,controllers",
	"scheduler":   "system:kube-scheduler,scheduler",
}

// identities writes the certificate of the API server, the key of service accounts, and a token for everybody who comes.
func (c *Cluster) identities(nodes []string) error {
	cert, key, err := certutil.GenerateSelfSignedCertKey("kubernetes", []net.IP{net.ParseIP("127.0.0.1"), net.ParseIP("10.96.0.1")}, []string{"localhost", "kubernetes.default.svc"})
	if err != nil {
		return err
	}
	accounts, err := keyutil.MakeEllipticPrivateKeyPEM()
	if err != nil {
		return err
	}
	var tokens strings.Builder
	for name, is := range users {
		c.tokens[name] = token()
		fmt.Fprintf(&tokens, "%s,%s\n", c.tokens[name], is)
	}
	for _, node := range nodes {
		c.tokens[node] = token()
		fmt.Fprintf(&tokens, "%s,system:node:%s,%s,\"system:nodes\"\n", c.tokens[node], node, node)
	}
	for name, data := range map[string][]byte{"ca.crt": cert, "ca.key": key, "accounts.key": accounts, "tokens.csv": []byte(tokens.String())} {
		if err := os.WriteFile(filepath.Join(c.Dir, name), data, 0o600); err != nil {
			return err
		}
	}
	for name, token := range c.tokens {
		config := clientcmdapi.NewConfig()
		config.Clusters["e2e"] = &clientcmdapi.Cluster{Server: c.server, CertificateAuthority: c.ca}
		config.AuthInfos[name] = &clientcmdapi.AuthInfo{Token: token}
		config.Contexts["e2e"] = &clientcmdapi.Context{Cluster: "e2e", AuthInfo: name}
		config.CurrentContext = "e2e"
		if err := clientcmd.WriteToFile(*config, c.Kubeconfig(name)); err != nil {
			return err
		}
	}
	return nil
}

// Kubeconfig is the file by which a user, a component or a node reaches the API server.
func (c *Cluster) Kubeconfig(user string) string {
	return filepath.Join(c.Dir, user+".kubeconfig")
}

// Kubectl runs kubectl as an administrator, and gives what it prints.
func (c *Cluster) Kubectl(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, c.Kube.Program("kubectl"), args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.Kubeconfig("admin"), "HOME="+c.Dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("kubectl %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// FakeNodes starts kwok, and gives the cluster nodes that are not there: pods on them are ready at once, and run nothing.
func (c *Cluster) FakeNodes(ctx context.Context, zones ...string) error {
	port, err := freePorts(1)
	if err != nil {
		return err
	}
	kwok, err := c.Launch("kwok", "--config="+c.Kube.Stages, "--kubeconfig="+c.Kubeconfig("admin"), "--manage-all-nodes=false",
		"--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake", "--server-address=127.0.0.1:"+port[0], "--node-lease-duration-seconds=40", "--node-ip=127.0.0.1")
	if err != nil {
		return err
	}
	for n, zone := range zones {
		name := fmt.Sprintf("fake-%d", n+1)
		has := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("8"), corev1.ResourceMemory: resource.MustParse("32Gi"), corev1.ResourcePods: resource.MustParse("110")}
		node := &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{
				Name: name, Annotations: map[string]string{"kwok.x-k8s.io/node": "fake"},
				Labels: map[string]string{corev1.LabelHostname: name, corev1.LabelTopologyZone: zone, corev1.LabelArchStable: "amd64", corev1.LabelOSStable: "linux"},
			},
			Status: corev1.NodeStatus{Allocatable: has, Capacity: has},
		}
		if _, err := c.Client.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return c.NodesReady(ctx, len(zones), kwok)
}

// NodesReady waits until there are so many nodes that are ready.
func (c *Cluster) NodesReady(ctx context.Context, want int, needs ...*Process) error {
	return Until(fmt.Sprintf("%d nodes are ready", want), 2*time.Minute, func() error {
		nodes, err := c.Client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		ready := 0
		for _, n := range nodes.Items {
			if NodeReady(&n) {
				ready++
			}
		}
		if ready != want {
			return fmt.Errorf("%d are", ready)
		}
		return nil
	}, needs...)
}

// NodeReady tells whether a node is ready.
func NodeReady(n *corev1.Node) bool {
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

func token() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// freePorts are ports of loopback that nobody listens on.
func freePorts(n int) (ports []string, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // when all are known: no port is given twice
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			return nil, err
		}
		ports = append(ports, port)
	}
	return ports, nil
}

func get(url string) error {
	client := http.Client{Timeout: time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, answer.Status)
	}
	return nil
}

package intent_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/natsyard/natsyard/gen/intent"
)

// use finds a connection by its name.
func use(t testing.TB, in *intent.Intent, name string) intent.TLSUse {
	t.Helper()
	uses := in.TLSUses()
	n := slices.IndexFunc(uses, func(u intent.TLSUse) bool { return u.Name == name })
	require.GreaterOrEqual(t, n, 0, "connection %s", name)
	return uses[n]
}

func TestTLSUses(t *testing.T) {
	t.Parallel()
	const every = `nats: tls: secretName: "a"
	cluster: {replicas: 3, tls: secretName: "a"}
	websocket: tls: secretName: "a"
	mqtt: tls: secretName: "a"
	leafnodes: {listen: true, tls: secretName: "a", remotes: {b: {urls: ["tls://b:1"], tls: {}}, a: {urls: ["tls://a:1"], tls: insecure: true}}}
	gateway: {tls: secretName: "a", gateways: x: {urls: ["tls://x:1"], tls: secretName: "b"}}
`
	for name, c := range map[string]struct{ fields, want string }{
		"none":       {``, ""},
		"all":        {every, "nats leafnodes leafnodes-a leafnodes-b websocket mqtt cluster gateway gateway-x"},
		"off":        {`nats: tls: {enabled: false, secretName: "a"}`, ""},
		"one server": {`cluster: tls: secretName: "a"`, ""},
		"listeners off": {every + `websocket: enabled: false, mqtt: enabled: false, leafnodes: enabled: false, gateway: enabled: false
`, "nats cluster"},
		"leaf that does not listen": {`leafnodes: {tls: secretName: "a", remotes: a: {urls: ["tls://a:1"], tls: {}}}`, "leafnodes-a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var names []string
			for _, u := range mustLoad(t, "intent: base.intent & {\n"+c.fields+"\n}\n").TLSUses() {
				names = append(names, u.Name)
				require.Equal(t, "tls", u.Path[len(u.Path)-1])
				require.Equal(t, strings.Contains(u.Name, "-"), u.Remote)
			}
			require.Equal(t, c.want, strings.Join(names, " "))
		})
	}
}

func TestTLSFiles(t *testing.T) {
	t.Parallel()
	const dir, shared = "/etc/nats-certs/nats/", "/etc/nats-ca-cert/"
	for name, c := range map[string]struct {
		fields        string
		secret        string
		keys          []string
		cert, key, ca string
	}{
		"no secret":         {fields: `tls: {}`},
		"secret":            {`tls: secretName: "s"`, "s", []string{"tls.crt", "tls.key"}, dir + "tls.crt", dir + "tls.key", ""},
		"own keys":          {`tls: {secretName: "s", cert: "c", key: "k", ca: "a"}`, "s", []string{"c", "k", "a"}, dir + "c", dir + "k", dir + "a"},
		"one key for all":   {`tls: {secretName: "s", cert: "pem", key: "pem", ca: "pem"}`, "s", []string{"pem"}, dir + "pem", dir + "pem", dir + "pem"},
		"cert-manager":      {`tls: certManager: issuerRef: name: "i"`, "nats-nats-tls", []string{"tls.crt", "tls.key", "ca.crt"}, dir + "tls.crt", dir + "tls.key", dir + "ca.crt"},
		"its own secret":    {`tls: {secretName: "s", certManager: issuerRef: name: "i"}`, "s", []string{"tls.crt", "tls.key", "ca.crt"}, dir + "tls.crt", dir + "tls.key", dir + "ca.crt"},
		"shared authority":  {`tls: secretName: "s"}, tlsCA: {secretName: "company", key: "root.pem"`, "s", []string{"tls.crt", "tls.key"}, dir + "tls.crt", dir + "tls.key", shared + "root.pem"},
		"own before shared": {`tls: {secretName: "s", ca: "a"}}, tlsCA: {secretName: "company"`, "s", []string{"tls.crt", "tls.key", "a"}, dir + "tls.crt", dir + "tls.key", dir + "a"},
		"shared alone":      {fields: `tls: {}}, tlsCA: {configMapName: "company"`, ca: shared + "ca.crt"},
		"shared off":        {fields: `tls: {}}, tlsCA: {enabled: false, configMapName: "company"`},
		"key without place": {fields: `tls: ca: "a"`}, // a rule refuses it: there is no Secret
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := use(t, mustLoad(t, "intent: base.intent & {nats: {"+c.fields+"}}\n"), "nats")
			require.Equal(t, []string{c.secret, c.cert, c.key, c.ca}, []string{u.SecretName(), u.CertFile(), u.KeyFile(), u.CAFile()})
			require.Equal(t, c.keys, u.Keys())
			for _, file := range []string{c.cert, c.key, c.ca} {
				if path.Dir(file) == u.Dir() {
					require.Contains(t, u.Keys(), path.Base(file), "every file of the directory is a key of the Secret")
				}
			}
		})
	}
}

// Names of remotes are the user's; what they become in Kubernetes is bounded, and differs where they do.
func TestTLSNamesOfRemotes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", 63)
	fields := "intent: base.intent & {name: \"" + strings.Repeat("i", 47) + "\", leafnodes: remotes: {"
	for _, name := range []string{"hub", long, long[1:] + "m"} {
		fields += name + `: {urls: ["tls://a:1"], tls: certManager: issuerRef: name: "i"}, `
	}
	fields += "}, gateway: gateways: {"
	for _, name := range []string{"EU", "eu", "EU/West", "EU.West", "eu-west", "é:" + strings.Repeat("x", 300)} {
		fields += `"` + name + `": {urls: ["tls://a:1"], tls: certManager: issuerRef: name: "i"}, `
	}
	in := mustLoad(t, fields+"}}\n")
	seen := map[string]bool{}
	uses := in.TLSUses()
	require.Len(t, uses, 9)
	for _, u := range uses {
		require.Empty(t, validation.IsDNS1123Label(u.Volume()), u.Name)
		require.Empty(t, validation.IsDNS1123Subdomain(u.SecretName()), u.Name)
		require.NotContains(t, u.Dir(), ":", "Kubernetes refuses such a mount")
		require.Equal(t, "/etc/nats-certs", path.Dir(u.Dir()), u.Name)
		for _, name := range []string{"volume " + u.Volume(), "secret " + u.SecretName(), "dir " + u.Dir()} {
			require.False(t, seen[name], name)
			seen[name] = true
		}
	}
	require.Equal(t, "leafnodes-hub-tls", use(t, in, "leafnodes-hub").Volume())
	require.Equal(t, "/etc/nats-certs/gateway-EU", use(t, in, "gateway-EU").Dir())
}

// certificate is a self-signed one with the names of a connection.
func certificate(t testing.TB, in *intent.Intent, u intent.TLSUse) *x509.Certificate {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "nats"},
		NotAfter: time.Now().Add(time.Hour), DNSNames: in.DNSNames(u),
	}
	for _, address := range in.IPAddresses(u) {
		template.IPAddresses = append(template.IPAddresses, net.ParseIP(address))
	}
	der, err := x509.CreateCertificate(nil, template, template, public, private)
	require.NoError(t, err)
	made, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return made
}

// Go's own verification accepts the certificate of the routes for every server, and for no other.
func TestRoutesMatchTheirCertificate(t *testing.T) {
	t.Parallel()
	for name, fields := range map[string]string{
		"short names":   ``,
		"full names":    `cluster: routeURLs: useFQDN: true`,
		"own domain":    `cluster: routeURLs: {useFQDN: true, k8sClusterDomain: "k8s.example"}`,
		"own names":     `name: "bus", namespace: "team-a", headlessService: name: "servers", statefulSet: name: "box"`,
		"zones":         `zones: names: ["a", "b", "c"]`,
		"zones in full": `zones: names: ["a", "b"], cluster: routeURLs: useFQDN: true`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := mustLoad(t, "intent: base.intent & {cluster: {replicas: 5, tls: certManager: issuerRef: name: \"i\"}, "+fields+"}\n")
			made := certificate(t, in, use(t, in, "cluster"))
			pods := in.PodNames()
			require.Len(t, pods, 5)
			for _, pod := range pods {
				route, err := url.Parse(in.RouteURL(pod))
				require.NoError(t, err)
				require.Equal(t, "tls", route.Scheme)
				require.NoError(t, made.VerifyHostname(route.Hostname()))
			}
			require.Error(t, made.VerifyHostname(in.HeadlessName()), "no route leads there")
			require.Error(t, made.VerifyHostname("x.elsewhere"))
		})
	}
}

// A certificate has the names and addresses by which its listener is reached.
func TestCertificateNames(t *testing.T) {
	t.Parallel()
	const tls = `tls: certManager: {issuerRef: name: "i", dnsNames: ["*.example.com"], ipAddresses: ["192.0.2.1"]}`
	in := mustLoad(t, `intent: base.intent & {
	cluster: replicas: 3
	nats: {clientAdvertise: "nats.example.org:4222", `+tls+`}
	monitor: tls: enabled: true
	promExporter: monitorDomain: "127.0.0.1"
	mqtt: `+tls+`
	websocket: {advertise: "198.51.100.7:443", `+tls+`}
	leafnodes: {listen: true, advertise: "[2001:db8::1]:7422", `+tls+`, remotes: hub: {urls: ["tls://hub:1"], `+tls+`}}
	gateway: {`+tls+`, gateways: {nats: urls: ["tls://eu.example.org:7222", "tls://203.0.113.1:7222"], us: urls: ["tls://us.example.org:7222"]}}
	service: ports: mqtt: enabled: false
	extraServices: {
		edge: ports: {gateway: {}, mqtt: {}}
		off: {enabled: false, ports: nats: {}}
	}
}
`)
	always := []string{"a.example.com", "192.0.2.1", "nats-2.nats-headless.nats.svc.cluster.local", "nats-0.nats-headless", "nats-headless.nats.svc"}
	for name, c := range map[string]struct{ by, not []string }{
		"nats": {
			by:  []string{"nats", "nats.nats", "nats.nats.svc.cluster.local", "nats.example.org", "127.0.0.1"},
			not: []string{"nats-off", "nats-edge", "198.51.100.7"},
		},
		"mqtt":      {by: []string{"nats-edge.nats"}, not: []string{"nats", "nats.example.org"}},
		"websocket": {by: []string{"nats", "198.51.100.7"}, not: []string{"nats-edge"}},
		"leafnodes": {by: []string{"nats", "2001:db8::1"}},
		"gateway":   {by: []string{"nats-edge", "eu.example.org", "203.0.113.1"}, not: []string{"nats", "us.example.org"}},
	} {
		u := use(t, in, name)
		require.True(t, slices.IsSorted(in.DNSNames(u)))
		made := certificate(t, in, u)
		for _, host := range append(c.by, always...) {
			require.NoError(t, made.VerifyHostname(host), "%s by %s", name, host)
		}
		for _, host := range c.not {
			require.Error(t, made.VerifyHostname(host), "%s by %s", name, host)
		}
	}
	// Nobody reaches this side by the certificate that it shows to a hub.
	require.Equal(t, []string{"*.example.com", "nats-headless.nats.svc.cluster.local"}, in.DNSNames(use(t, in, "leafnodes-hub")))
	require.Equal(t, []string{"192.0.2.1"}, in.IPAddresses(use(t, in, "leafnodes-hub")))

	in = mustLoad(t, "intent: base.intent & {nats: tls: secretName: \"s\"}\n")
	require.Contains(t, in.DNSNames(use(t, in, "nats")), "nats.nats.svc.cluster.local", "what a certificate of the user's own needs")
	require.Empty(t, in.IPAddresses(use(t, in, "nats")))
}

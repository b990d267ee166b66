package intent

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/language"
)

// secretOfUsers is the Secret that a mend names where the user chooses the name.
const secretOfUsers = "nats-auth"

// byLabels are values for fields that are called so, by the last of their labels.
var byLabels = map[string]string{
	"secretKeyRef.name": `"nats-auth"`, "secretKeyRef.key": `"password"`,
	"configMapKeyRef.name": `"nats-settings"`, "configMapKeyRef.key": `"setting"`,
	"fieldRef.fieldPath": `"spec.nodeName"`, "resourceFieldRef.resource": `"limits.memory"`,
	"valueFrom":      `{secretKeyRef: {name: "nats-auth", key: "password"}}`,
	"issuerRef.name": `"nats-ca"`, "tlsCA.configMapName": `"nats-ca"`,
	"credentials.secretName": `"nats-leaf"`, "credentials.key": `"leaf.creds"`, "creds.secretName": `"nats-creds"`,
	"encryptionKey.secretName": `"nats-jetstream"`, "encryptionKey.key": `"key"`,
	"prevEncryptionKey.secretName": `"nats-jetstream"`, "prevEncryptionKey.key": `"key"`,
	"secretName": `"nats-auth"`, "token.key": `"token"`, "nkey.key": `"nkey.seed"`,
	"password": `{secretName: "nats-auth", key: "password"}`, "user": `"nats"`,
	"gateways.urls": `["tls://nats.us.example.com:7222"]`, "remotes.urls": `["tls://hub.example.com:7422"]`,
	"routes": `["nats://other.example.com:6222"]`, "url": `"http://proxy.example.com:3128"`,
	"hosts": `["nats.example.com"]`, "hostnames": `["nats.example.com"]`, "parentRefs": `[{name: "gateway"}]`, "parentRefs.name": `"gateway"`,
	"authUsers": `["auth"]`, "latency.subject": `"latency.orders"`, "latency": `{sampling: 100, subject: "latency.orders"}`,
	"account": `"APP"`, "subject": `"orders.>"`, "stream": `"orders.>"`, "service": `"orders.get"`, "destination": `"orders.v2"`, "dest": `"trace.orders"`,
	"terminationGracePeriodSeconds": `60`, "accept": `"a reason"`, "weight": `100`, "start": `"08:00:00"`, "end": `"18:30:00"`, "ports": `{nats: {}}`, "patches.path": `"my.patch.yaml"`, "resources": `["my.yaml"]`,
	"matchExpressions.key": `"app"`, "sysctls.name": `"net.ipv4.tcp_keepalive_time"`, "sysctls.value": `"600"`,
	"storageClassName": `"standard"`, "fileStore.dir": `"/data"`, "domain": `"hub"`, "cluster.name": `"nats"`, "namespace": `"nats"`,
	"replicas": `3`, "serverTags": `["ssd"]`, "labels": `{team: "platform"}`, "advertise": `"nats.example.com:4222"`, "clientAdvertise": `"nats.example.com:4222"`,
	"inboxPrefix": `"_INBOX_app"`, "mappings": `{"orders.v1": "orders.v2"}`, "topologyKey": `"topology.kubernetes.io/zone"`,
}

// tlsSecret is the Secret that a mend names for the certificate of what stands at a path.
func tlsSecret(path []string) string {
	if len(path) == 0 || path[0] == "nats" {
		return "nats-tls"
	}
	return "nats-" + path[0] + "-tls"
}

// byMaps are keys for maps that are called so.
var byMaps = map[string]string{"remotes": "hub", "gateways": "us", "users": "app", "accounts": "APP", "env": "TZ", "labels": "team", "ports": "nats", "contexts": "default"}

// exampleEntry is a map with one entry that has what it must have.
func exampleEntry(path []string, entry *language.Field) string {
	name := path[len(path)-1]
	key := cmp.Or(byMaps[name], "name")
	var fields []string
	for _, c := range entry.Children {
		if c.Required {
			fields = append(fields, fmt.Sprintf("%s: %s", c.Name, cmp.Or(byLabels[name+"."+c.Name], byLabels[c.Name], `"nats"`)))
		}
	}
	if name == "users" {
		fields = append(fields, fmt.Sprintf("password: {secretName: %q, key: %q}", secretOfUsers, key))
	}
	value := "{" + strings.Join(fields, ", ") + "}"
	switch {
	case key == "TZ":
		value = `"UTC"`
	case len(entry.Children) == 0:
		value = `"nats"`
	}
	return fmt.Sprintf("{%s: %s}", key, value)
}

// anyValues are values of every kind: one of them fits nearly everywhere.
var anyValues = []string{
	`"nats"`, `1`, `true`, `"10Gi"`, `"30s"`, `"orders.>"`, `"/nats"`, `"nats.example.com"`, `"https://nats.example.com"`, `"10.0.0.0/8"`, `"10.0.0.1"`, `["nats"]`, `{}`, `[]`,
}

var inAllowed = regexp.MustCompile(`"[^"]*"|\{[^{}]*\}`)

// examples are values that a field may take, the likeliest first. Whether it does is for others to try.
func examples(path []string, f *language.Field) (out []string) {
	var labels []string // without the keys of maps and the elements of lists
	for n, step := range path {
		if known, ok := language.Lookup(path[:n+1]...); ok && known.Name != language.AnyKey && known.Name != language.Element {
			labels = append(labels, step)
		}
	}
	last := len(labels) - 1
	if last > 0 {
		if labels[last-1] == "tls" && labels[last] == "secretName" {
			out = append(out, strconv.Quote(tlsSecret(path[:len(path)-2])))
		}
		if labels[last-1] == "password" && labels[last] == "key" && len(path) > 3 && path[len(path)-4] == "users" {
			out = append(out, fmt.Sprintf("%q", path[len(path)-3])) // of the user
		}
		out = append(out, byLabels[labels[last-1]+"."+labels[last]])
	}
	if last >= 0 {
		out = append(out, byLabels[labels[last]])
	}
	if f != nil && f.Name == language.Element {
		for i, v := range out { // of the list the first
			out[i] = strings.TrimSuffix(strings.TrimPrefix(v, "["), "]")
		}
	}
	if f == nil {
		return out
	}
	if !f.Derived {
		out = append(out, f.Default)
	}
	if len(f.Enum) > 0 {
		return append(out, f.Enum[0])
	}
	if len(f.Children) == 0 {
		out = append(out, inAllowed.FindAllString(f.Allowed, -1)...)
		if m := within.FindStringSubmatch(f.Allowed); m != nil {
			out = append(out, m[1])
		}
	}
	if only, isMap := onlyChild(f, language.AnyKey); isMap {
		out = append(out, exampleEntry(path, only))
	}
	for _, c := range f.Children { // a field that has a value of its own
		if c.Name != language.AnyKey && c.Name != language.Element && c.Default != "" && !c.Derived && !strings.HasPrefix(c.Default, "{") {
			out = append(out, fmt.Sprintf("{%s: %s}", quotedLabel(c.Name), c.Default))
			break
		}
	}
	return append(out, anyValues...)
}

// others are examples for who has written another value: a number or an image that nobody spoke of would be
// taken by the language, and do harm to the servers.
func others(path []string, f *language.Field) []string {
	if f.Name == fullImageName {
		return nil
	}
	return slices.DeleteFunc(examples(path, f), func(v string) bool { return v == "1" && v != f.Default })
}

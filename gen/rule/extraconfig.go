package rule

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// text is a string in extraConfig.
type text struct {
	path  []string // below extraConfig
	value string
}

// texts are all strings in extraConfig, in the order of their paths.
func texts(in *intent.Intent) (out []text) {
	var walk func(path []string, v any)
	walk = func(path []string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				walk(append(path[:len(path):len(path)], k), v[k])
			}
		case []any:
			for i, e := range v {
				walk(append(path[:len(path):len(path)], strconv.Itoa(i)), e)
			}
		case string:
			out = append(out, text{path, v})
		}
	}
	walk(nil, in.ExtraConfig)
	return out
}

// owned are the options that Kubernetes objects are made from, and the fields that set them.
var owned = map[string]string{
	"server_name": "serverNamePrefix",
	"port":        "nats.port", "listen": "nats.port", "host": "nats.port", "net": "nats.port",
	"http_port": "monitor.port", "monitor_port": "monitor.port", "http": "monitor.port",
	"prof_port":  "profiling.port",
	"https_port": "monitor.tls", "https": "monitor.tls", "http_base_path": "monitor.httpBasePath",
	"log_file": "", "logfile": "", "syslog": "", "remote_syslog": "", "ports_file_dir": "", // the image is read-only
	"jetstream.enabled": "jetstream.enabled", "jetstream.enable": "jetstream.enabled",
	"jetstream.disabled": "jetstream.enabled", "jetstream.disable": "jetstream.enabled",
	"pid_file":                   "",
	"jetstream.tpm":              "jetstream.encryptionKey", // on Windows alone
	"cluster.routes":             "cluster.routes",
	"cluster.authorization":      "cluster.authorization", // the routes that natsyard writes hold the same
	"pidfile":                    "",
	"lame_duck_duration":         "lameDuckDuration",
	"cluster.port":               "cluster.port",
	"cluster.listen":             "cluster.port",
	"cluster.host":               "cluster.port",
	"cluster.name":               "cluster.name",
	"jetstream.store_dir":        "jetstream.fileStore.dir",
	"jetstream.storedir":         "jetstream.fileStore.dir",
	"jetstream.store":            "jetstream.fileStore.dir",
	"store_dir":                  "jetstream.fileStore.dir",
	"storedir":                   "jetstream.fileStore.dir",
	"jetstream.max_file":         "jetstream.fileStore.maxSize",
	"jetstream.max_mem":          "jetstream.memoryStore.maxSize",
	"jetstream.max_file_store":   "jetstream.fileStore.maxSize",
	"jetstream.max_memory_store": "jetstream.memoryStore.maxSize",
	"jetstream.max_mem_store":    "jetstream.memoryStore.maxSize",

	"leafnodes.port": "leafnodes.port", "leafnodes.listen": "leafnodes.port", "leafnodes.host": "leafnodes.port", "leafnodes.net": "leafnodes.port",
	"leaf.port": "leafnodes.port", "leaf.listen": "leafnodes.port", "leaf.host": "leafnodes.port", "leaf.net": "leafnodes.port",
	"gateway.port": "gateway.port", "gateway.listen": "gateway.port", "gateway.host": "gateway.port", "gateway.net": "gateway.port",
	"gateway.name":   "gateway.name",
	"websocket.port": "websocket.port", "websocket.listen": "websocket.port", "websocket.host": "websocket.port", "websocket.net": "websocket.port",
	"ws.port": "websocket.port", "ws.listen": "websocket.port", "ws.host": "websocket.port", "ws.net": "websocket.port",
	"mqtt.port": "mqtt.port", "mqtt.listen": "mqtt.port", "mqtt.host": "mqtt.port", "mqtt.net": "mqtt.port",
}

var extraConfigOwned = rule{
	"extra-config-owned", diag.Error,
	"Services, probes, volumes and limits are made from the field; the option alone would leave them behind",
	func(in *intent.Intent, r *report) {
		var walk func(path []string, m map[string]any)
		walk = func(path []string, m map[string]any) {
			for _, k := range slices.Sorted(maps.Keys(m)) {
				p := append(path[:len(path):len(path)], k)
				option := strings.ToLower(strings.Join(p, "."))
				field, ok := owned[option]
				if option == "server_tags" && in.ZonesEnabled() { // its list would take the place of the zone's tag
					field, ok = "serverTags", true
				}
				if ok {
					f := finding{
						path:    append([]string{"extraConfig"}, p...),
						message: fmt.Sprintf("extraConfig sets %s, which is natsyard's own", option),
						mend:    "leave it out",
					}
					if field != "" {
						f.mend = cueField(at(field), cueValue(m[k])) + ", in its place"
					}
					if option == "server_tags" {
						f.needs = "zones"
					}
					r.add(f)
				}
				sub, isBlock := m[k].(map[string]any)
				if isBlock {
					walk(p, sub)
				} else if option == "cluster" || option == "jetstream" { // null takes it away
					r.add(finding{
						path:    append([]string{"extraConfig"}, p...),
						message: fmt.Sprintf("extraConfig replaces the whole block %s, which is natsyard's own", option),
						mend:    fmt.Sprintf("extraConfig: %s: {...}, which adds to it; %s: enabled: false turns it off", option, option),
					})
				}
			}
		}
		walk(nil, in.ExtraConfig)
	},
}

var extraConfigJetStream = rule{
	"extra-config-jetstream", diag.Error,
	"the block alone turns JetStream on, and the pod has no volume for it",
	func(in *intent.Intent, r *report) {
		if _, ok := in.ExtraConfig["jetstream"].(map[string]any); ok && !in.JetStreamEnabled() {
			r.add(finding{
				path:    at("extraConfig.jetstream"),
				message: "extraConfig adds to JetStream, which is off",
				mend:    `jetstream: fileStore: pvc: size: "10Gi"`,
				needs:   "jetstream",
			})
		}
	},
}

var (
	likeVariable = regexp.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_]*$`)
	partlyRaw    = regexp.MustCompile(`<<\s*\$\w+\s*>>`)
)

var variableInText = rule{
	"variable-in-text", diag.Warning,
	"the server reads what stands in quotes to the letter, a $ too",
	func(in *intent.Intent, r *report) {
		for _, t := range texts(in) {
			whole := likeVariable.MatchString(t.value) && t.value != "$SYS" && t.value != "$G"
			if partly := partlyRaw.MatchString(t.value) && !wholeRaw.MatchString(t.value); !whole && !partly {
				continue
			}
			f := finding{
				path:    append([]string{"extraConfig"}, t.path...),
				message: fmt.Sprintf("%q is not a variable but this very text", t.value),
				allowed: `a variable alone, as "<< $NAME >>"`,
			}
			if whole {
				f.mend = fmt.Sprintf("%q", "<< "+t.value+" >>")
			}
			r.add(f)
		}
	},
}

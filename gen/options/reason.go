package options

import "strings"

// Way is how an option is set that no field of the language sets.
type Way int

const (
	// Extra is by extraConfig.
	Extra Way = iota + 1
	// Refused is not at all: natsyard or the server refuses it.
	Refused
	// Idle is not to any effect: in a pod the server makes nothing of it.
	Idle
)

// Reason is why no field sets an option.
type Reason struct {
	Way  Way
	Text string // a sentence without a full stop
}

// reasons are those of options, and of all in their blocks. The first that fits counts. "*." stands
// for any block or none.
var reasons = []struct {
	option string
	way    Way
	text   string
}{
	{"*.host", Refused, "the servers listen on every address of their pod; a field sets the port"},
	{"*.listen", Refused, "the servers listen on every address of their pod; a field sets the port"},
	{"http", Refused, "monitor.port sets http_port, on every address of the pod"},
	{"https", Refused, "monitor.port sets https_port with monitor.tls, on every address of the pod"},
	{"pid_file", Refused, "natsyard writes it, for the reloader and the preStop hook"},
	{"ports_file_dir", Refused, "the image's file system is read-only, and the ports are known"},
	{"log_file", Refused, "the image's file system is read-only; the servers log to standard error"},
	{"log_size_limit", Idle, "there is no log file"},
	{"log_max_num", Idle, "there is no log file"},
	{"syslog", Refused, "a pod has no syslog; the servers log to standard error"},
	{"remote_syslog", Refused, "the servers log to standard error, which Kubernetes collects"},
	{"store_dir", Refused, "jetstream.fileStore.dir sets jetstream.store_dir, which is the same"},
	{"jetstream.enabled", Refused, "jetstream.enabled: false leaves out the whole block"},
	{"jetstream.extension_hint", Extra, "only where a leaf node shares the system account of its hub and has no domain"},
	{"jetstream.tpm", Refused, "the server reads a TPM on Windows alone; elsewhere it does not start"},
	{"disable_sublist_cache", Extra, "a trade of speed for memory"},
	{"feature_flags", Extra, "features that are not finished, or on their way out"},
	{"no_header_support", Extra, "JetStream needs headers"},
	{"no_system_account", Extra, "without it nobody sees into the servers, and JetStream in a cluster does not work"},
	{"ocsp.urls", Refused, "the server's parser never gives the kind of list that its loader asks for"},
	{"ocsp_cache.local_store", Extra, "a directory that needs a volume, such as /data/ocsp where JetStream has one"},
	{"ocsp_cache", Extra, "with ocspPeer it is false, and every answer is asked for anew: the server keeps them in a file, and the image's file system is read-only"},
	{"resolver_pinned_accounts", Extra, "for operator mode"},
	{"resolver_tls", Idle, "for a resolver at a URL, which could not be proven: the server would call it"},
	{"trusted_keys", Extra, "the operator's JWT, in the field operator, says them too"},
	{"mqtt.consumer_replicas", Idle, "this version of the server ignores it"},

	{"cluster.authorization", Refused, "the server takes one user and a password for routes; see cluster.permissions"},
	{"cluster.permissions.allow_responses", Idle, "servers do not answer each other's requests"},
	{"gateway.authorization.users", Refused, "the server takes one user and a password for gateways"},
	{"gateway.authorization.token", Refused, "the server takes one user and a password for gateways"},
	{"gateway.authorization.auth_callout", Refused, "the server takes one user and a password for gateways"},
	{"gateway.authorization", Idle, "the server makes nothing of it for gateways"},
	{"leafnodes.authorization.users.proxy_required", Extra, "in a list, which extraConfig replaces as a whole"},
	{"leafnodes.authorization.proxy_required", Extra, "accepts leaf nodes only through a trusted proxy"},
	{"leafnodes.remotes.compression", Extra, "with mode s2_auto; in a list, which extraConfig replaces as a whole"},
	{"leafnodes.remotes.jetstream_cluster_migrate", Extra, "how long leaders stay; in a list, which extraConfig replaces as a whole"},
	{"*.compression.rtt_thresholds", Extra, "with mode s2_auto, beside which it stands"},

	{"leafnodes.remotes.proxy.tls.verify", Refused, "the server refuses it for a proxy"},
	{"leafnodes.remotes.proxy.tls.verify_and_map", Refused, "the server refuses it for a proxy"},
	{"leafnodes.remotes.proxy.tls.verify_cert_and_check_known_urls", Refused, "the server refuses it for a proxy"},
	{"leafnodes.remotes.proxy.tls.connection_rate_limit", Refused, "the server refuses it for a proxy"},
	{"leafnodes.remotes.proxy.tls.handshake_first", Refused, "the server refuses it for a proxy"},
	{"leafnodes.remotes.proxy.tls.ocsp_peer", Refused, "the server refuses it for a proxy"},
	{"leafnodes.remotes.proxy.tls.pinned_certs", Refused, "the server refuses it for a proxy"},
	{"leafnodes.remotes.proxy.tls.cert_file", Extra, "a file of extraVolumes; in a list, which extraConfig replaces as a whole"},
	{"leafnodes.remotes.proxy.tls.key_file", Extra, "a file of extraVolumes; in a list, which extraConfig replaces as a whole"},
	{"leafnodes.remotes.proxy.tls.ca_file", Extra, "a file of extraVolumes; in a list, which extraConfig replaces as a whole"},
	{"leafnodes.remotes.proxy.tls.certs", Extra, "files of extraVolumes; in a list, which extraConfig replaces as a whole"},
	{"*.tls.certs", Refused, "one certificate a listener: tls.secretName; the server opens the files while it reads nats.conf"},
	{"*.tls.cert_store", Refused, "the certificate store of Windows"},
	{"*.tls.cert_match", Idle, "for the certificate store of Windows"},
	{"*.tls.cert_match_by", Idle, "for the certificate store of Windows"},
	{"*.tls.cert_match_skip_invalid", Idle, "for the certificate store of Windows"},
	{"*.tls.ca_certs_match", Idle, "for the certificate store of Windows"},
	{"leafnodes.remotes.proxy.tls", Extra, "in a list, which extraConfig replaces as a whole"},
}

// Reason is why no field sets an option, or the zero Reason where one does or nobody said.
func (o Option) Reason() Reason {
	for _, r := range reasons {
		if fits(r.option, o.Path()) {
			return Reason{r.way, r.text}
		}
	}
	return Reason{}
}

// fits tells whether an option is what a pattern says, or stands in it.
func fits(pattern, path string) bool {
	path += "."
	if tail, any := strings.CutPrefix(pattern, "*."); any {
		return strings.HasPrefix(path, tail+".") || strings.Contains(path, "."+tail+".")
	}
	return strings.HasPrefix(path, pattern+".")
}

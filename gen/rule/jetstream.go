package rule

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var clusterNeeded = rule{
	"cluster-needed", diag.Error,
	"servers outside a cluster do not know each other: behind one Service a message reaches only the clients of the same server",
	func(in *intent.Intent, r *report) {
		if in.Cluster.Replicas > 1 && !in.Clustered() {
			r.add(finding{
				path:    at("cluster.enabled"),
				message: fmt.Sprintf("%d servers without a cluster", in.Cluster.Replicas),
				mend:    "cluster: enabled: true, or cluster: replicas: 1",
				see:     []see{{at("cluster.replicas"), "the number of servers"}},
			})
		}
	},
}

var jetStreamAlone = rule{
	"jetstream-cluster-of-one", diag.Error,
	"JetStream in a cluster waits for a majority of known peers, and one server alone never finds it (bitnami/charts#29378)",
	func(in *intent.Intent, r *report) {
		if in.JetStreamEnabled() && in.Clustered() && in.Cluster.Replicas == 1 && len(in.Cluster.Routes) == 0 {
			r.add(finding{
				path:    at("cluster.enabled"),
				message: "JetStream in a cluster of one server never starts",
				mend:    "cluster: enabled: false, or cluster: replicas: 3",
				needs:   "jetstream",
			})
		}
	},
}

var jetStreamGateway = rule{
	"jetstream-gateway-alone", diag.Error,
	"with a gateway JetStream is that of a cluster, and a server without routes refuses to start it (jetstream_cluster.go, enableJetStreamClustering)",
	func(in *intent.Intent, r *report) {
		if !in.JetStreamEnabled() || !in.GatewayEnabled() || in.Clustered() || in.Cluster.Replicas > 1 || extendsSystem(in) {
			return
		}
		r.add(finding{
			path:    at("gateway"),
			message: "JetStream on one server with a gateway never starts",
			mend:    "cluster: replicas: 3",
			needs:   "jetstream cluster leafnodes systemAccount operator",
			see:     []see{{at("jetstream"), "JetStream"}},
		})
	},
}

// extendsSystem tells whether a leaf remote connects the system account, which makes the servers
// part of another JetStream. In operator mode an account is a key that may be it.
func extendsSystem(in *intent.Intent) bool {
	if !in.LeafNodesEnabled() {
		return false
	}
	for _, remote := range in.Leafnodes.Remotes {
		if remote.Account != "" && (in.OperatorMode() || remote.Account == systemAccount(in)) {
			return true
		}
	}
	return false
}

var jetStreamQuorum = rule{
	"jetstream-quorum", diag.Warning,
	"a Raft group survives the loss of a minority: 2 servers survive none, 4 no more than 3 do",
	func(in *intent.Intent, r *report) {
		if n := in.Cluster.Replicas; in.JetStreamEnabled() && in.Clustered() && n%2 == 0 && len(in.Cluster.Routes) == 0 {
			message := fmt.Sprintf("%d servers with JetStream survive the loss of %d, as %d servers do", n, (n-1)/2, n-1)
			if n == 2 {
				message = "2 servers with JetStream do not survive the loss of one"
			}
			r.add(finding{
				path:    at("cluster.replicas"),
				message: message,
				allowed: "an odd number, 3 or 5 for most",
				mend:    fmt.Sprintf("cluster: replicas: %d", n+1),
				needs:   "jetstream",
			})
		}
	},
}

var jetStreamStore = rule{
	"jetstream-needs-store", diag.Error,
	"a stream lives in memory or on disk; without either no stream can be made",
	func(in *intent.Intent, r *report) {
		if in.JetStreamEnabled() && in.MemoryStore() == nil && in.FileStore() == nil {
			r.add(finding{
				path:    at("jetstream"),
				message: "JetStream has no store",
				mend:    `jetstream: fileStore: {enabled: true, pvc: size: "10Gi"}, or jetstream: memoryStore: {enabled: true, maxSize: "256Mi"}`,
			})
		}
	},
}

var memoryStoreFitsLimit = rule{
	"memory-store-fits-limit", diag.Error,
	"the store lives in the server's memory; past the limit the kernel kills the server (nats-server#5739)",
	func(in *intent.Intent, r *report) {
		m := in.MemoryStore()
		goLimit, limited := in.GoMemLimit()
		if m == nil || m.MaxSize == "" || !limited {
			return
		}
		size, err := intent.ParseSize(m.MaxSize)
		if err != nil {
			r.add(finding{path: at("jetstream.memoryStore.maxSize"), message: err.Error()})
			return
		}
		if size <= goLimit {
			return
		}
		limit := in.Resources.Limits.Memory().String()
		message := fmt.Sprintf("memory store %s does not fit under the memory limit %s", m.MaxSize, limit)
		if bytes, _ := in.MemoryLimit(); size <= bytes {
			message = fmt.Sprintf("memory store %s leaves the server too little of the memory limit %s", m.MaxSize, limit)
		}
		r.add(finding{
			path:    at("jetstream.memoryStore.maxSize"),
			message: message,
			allowed: fmt.Sprintf("at most %s, %d %% of the limit (GOMEMLIMIT)", intent.FormatSize(goLimit), intent.GoMemLimitShare),
			mend:    fmt.Sprintf("resources: limits: memory: %q", roomFor(size, intent.GoMemLimitShare)),
			see:     []see{{at("resources.limits.memory"), "the memory limit"}},
		})
	},
}

var memoryStoreBounded = rule{
	"memory-store-bounded", diag.Warning,
	"the server then takes three quarters of the node's memory, of which its pod may get none",
	func(in *intent.Intent, r *report) {
		if in.MemoryStore() != nil && in.MaxMemoryStore() == "" {
			r.add(finding{
				path:    at("jetstream.memoryStore"),
				message: "the memory store has no size, and there is no memory limit to derive it from",
				mend:    `resources: limits: memory: "2Gi", or jetstream: memoryStore: maxSize: "1Gi"`,
				needs:   "resources",
			})
		}
	},
}

var fileStoreFitsClaim = rule{
	"file-store-fits-claim", diag.Error,
	"the file system, indexes and the Raft log take room that the server does not count: the disk fills before the limit is reached, and streams stop (nats-io/k8s#717)",
	func(in *intent.Intent, r *report) {
		f := in.FileStore()
		if f == nil || !f.Pvc.Enabled {
			return
		}
		claim, err := intent.ParseSize(f.Pvc.Size)
		if err != nil || claim == 0 {
			r.add(finding{path: at("jetstream.fileStore.pvc.size"), message: fmt.Sprintf("a claim of %s cannot be had", f.Pvc.Size), allowed: "more than 0 and less than 8Ei", mend: `"10Gi"`})
			return
		}
		if f.MaxSize == "" {
			return
		}
		// A size that does not fit into 63 bits is past any claim.
		size, err := intent.ParseSize(f.MaxSize)
		if err != nil {
			size = math.MaxInt64
		}
		if size >= claim {
			r.add(finding{
				path:    at("jetstream.fileStore.maxSize"),
				message: fmt.Sprintf("file store %s does not fit on the volume claim %s", f.MaxSize, f.Pvc.Size),
				allowed: "less than " + f.Pvc.Size,
				mend: fmt.Sprintf("leave it out: it is then %d %% of the claim; or a claim of %s, where none is made yet",
					intent.FileStoreShare, roomFor(min(size, 1<<60), intent.FileStoreShare)),
				see: []see{{at("jetstream.fileStore.pvc.size"), "the claim"}},
			})
		}
	},
}

var fileStoreWithoutClaim = rule{
	"file-store-without-claim", diag.Warning,
	"without a claim the streams lie on the node's disk and go with the pod",
	func(in *intent.Intent, r *report) {
		if f := in.FileStore(); f != nil && !f.Pvc.Enabled {
			r.add(finding{
				path:    at("jetstream.fileStore.pvc.enabled"),
				message: "streams on disk are lost with their pod",
				mend:    "jetstream: fileStore: pvc: enabled: true, or a memoryStore alone",
			})
		}
	},
}

var encryptionKeyNeeded = rule{
	"encryption-key-needed", diag.Error,
	"without a key nothing is encrypted, and what an earlier key has encrypted cannot be read",
	func(in *intent.Intent, r *report) {
		if !in.JetStreamEnabled() || in.Jetstream.EncryptionKey != nil {
			return
		}
		for _, o := range []struct {
			name  string
			given bool
		}{{"cipher", in.Jetstream.Cipher != ""}, {"prevEncryptionKey", in.Jetstream.PrevEncryptionKey != nil}} {
			if o.given {
				r.add(finding{
					path:    []string{"jetstream", o.name},
					message: o.name + " without encryptionKey",
					mend:    `jetstream: encryptionKey: {secretName: "nats-jetstream", key: "key"}, or no ` + o.name,
				})
			}
		}
	},
}

// dirTaken tells whether a volume in a directory would cover what the pod or the image has there.
func dirTaken(dir string) bool {
	dir = path.Clean(dir)
	return dir == "/" || slices.ContainsFunc(mounts, func(taken string) bool { return within(dir, taken) || within(taken, dir) })
}

// freeDirs says where the directory of a volume can be.
var freeDirs = "a directory apart from / and " + strings.Join(mounts, ", ")

var storeDirFree = rule{
	"store-dir-free", diag.Error,
	"the volume would cover what is mounted there, or the image itself",
	func(in *intent.Intent, r *report) {
		if in.JetStreamEnabled() && dirTaken(in.StoreDir()) {
			r.add(finding{
				path:    at("jetstream.fileStore.dir"),
				message: fmt.Sprintf("the store cannot be in %s", in.StoreDir()),
				allowed: freeDirs,
				mend:    `jetstream: fileStore: dir: "/data"`,
			})
		}
	},
}

// roomFor is the smallest power of two, from 1Mi, of which share percent hold size.
func roomFor(size, share int64) string {
	room := int64(1 << 20)
	for room < 1<<62 && room/100*share < size {
		room <<= 1
	}
	return intent.FormatSize(room)
}

package intent

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/natsyard/natsyard/schema"
)

// Shares of a whole, in percent.
const (
	// GoMemLimitShare is the part of the memory limit that Go may fill before it collects
	// garbage without rest; the chart's README advises the same.
	GoMemLimitShare = 80
	// MemoryStoreShare is the part of the memory limit that streams in memory get by default.
	MemoryStoreShare = 50
	// FileStoreShare is the part of a claim that streams on disk get by default. The file
	// system, indexes and the Raft log, none of which the server counts, take from the rest.
	FileStoreShare = 80
)

// shutdownMargin is what a server needs to close its stores once lame duck mode is over.
const shutdownMargin = 30 * time.Second

// Clustered tells whether the servers form a cluster.
func (i *Intent) Clustered() bool {
	if i.Cluster.Enabled != nil {
		return *i.Cluster.Enabled
	}
	return i.Cluster.Replicas > 1
}

// JetStreamEnabled tells whether JetStream is on.
func (i *Intent) JetStreamEnabled() bool { return i.Jetstream != nil && i.Jetstream.Enabled }

// FileStore is the store on disk, or nil where there is none.
func (i *Intent) FileStore() *schema.FileStore {
	if f := i.fileStore(); f != nil && i.Jetstream.Enabled && f.Enabled {
		return f
	}
	return nil
}

func (i *Intent) fileStore() *schema.FileStore {
	if i.Jetstream == nil {
		return nil
	}
	return i.Jetstream.FileStore
}

// MemoryStore is the store in memory, or nil where there is none.
func (i *Intent) MemoryStore() *schema.MemoryStore {
	if i.JetStreamEnabled() && i.Jetstream.MemoryStore != nil && i.Jetstream.MemoryStore.Enabled {
		return i.Jetstream.MemoryStore
	}
	return nil
}

// StoreDir is where JetStream keeps its state. Streams in memory need it too: their Raft
// log is on disk.
func (i *Intent) StoreDir() string {
	if f := i.fileStore(); f != nil {
		return f.Dir
	}
	return "/data"
}

// MemoryLimit is the memory limit of the nats container in bytes, and whether there is one.
func (i *Intent) MemoryLimit() (int64, bool) {
	limit, ok := i.Resources.Limits[corev1.ResourceMemory]
	return limit.Value(), ok && limit.Value() > 0
}

// GoMemLimit is the value of GOMEMLIMIT in bytes, and whether it can be derived.
func (i *Intent) GoMemLimit() (int64, bool) {
	limit, ok := i.MemoryLimit()
	return share(limit, GoMemLimitShare), ok
}

// GoMemLimitText is GOMEMLIMIT as Go's runtime reads it, in whole MiB where there is one;
// "" where it cannot be derived.
func (i *Intent) GoMemLimitText() string {
	limit, ok := i.GoMemLimit()
	switch {
	case !ok:
		return ""
	case limit < 1<<20:
		return fmt.Sprintf("%dB", limit)
	}
	return fmt.Sprintf("%dMiB", limit>>20)
}

// MaxMemoryStore is the size of the store in memory as nats-server.conf takes it; "" where
// neither it nor a memory limit is given, so that the server decides.
func (i *Intent) MaxMemoryStore() schema.Size {
	m := i.MemoryStore()
	if m == nil {
		return "0"
	}
	if m.MaxSize != "" {
		return m.MaxSize
	}
	if limit, ok := i.MemoryLimit(); ok {
		return FormatSize(share(limit, MemoryStoreShare))
	}
	return ""
}

// MaxFileStore is the size of the store on disk as nats-server.conf takes it; "" where
// neither it nor a claim is given, so that the server decides.
func (i *Intent) MaxFileStore() schema.Size {
	f := i.FileStore()
	if f == nil {
		return "0"
	}
	if f.MaxSize != "" {
		return f.MaxSize
	}
	if f.Pvc.Enabled {
		if size, err := ParseSize(f.Pvc.Size); err == nil {
			return FormatSize(share(size, FileStoreShare))
		}
	}
	return ""
}

// TerminationGracePeriod is how long Kubernetes waits for a server to stop, in seconds.
func (i *Intent) TerminationGracePeriod() int64 {
	if i.TerminationGracePeriodSeconds != nil {
		return *i.TerminationGracePeriodSeconds
	}
	lameDuck, err := time.ParseDuration(i.LameDuckDuration)
	if err != nil {
		lameDuck = shutdownMargin
	}
	return int64(math.Ceil((lameDuck + shutdownMargin).Seconds()))
}

// share is part percent of n, computed without overflow.
func share(n int64, part int64) int64 { return n/100*part + n%100*part/100 }

// ParseSize reads a Size as bytes. NATS and Kubernetes read every form alike that the
// language lets through.
func ParseSize(s schema.Size) (int64, error) {
	q, err := resource.ParseQuantity(s)
	if err != nil {
		return 0, fmt.Errorf("size %q: %w", s, err)
	}
	if q.Cmp(*resource.NewQuantity(math.MaxInt64, resource.BinarySI)) >= 0 { // it stands for all that are larger
		return 0, fmt.Errorf("size %q does not fit into 63 bits", s)
	}
	return q.Value(), nil // AsInt64 gives up at some sizes that fit, such as 100Ti
}

// FormatSize writes bytes with the largest binary suffix that keeps at least two digits
// of it, rounded down: 8589934592 is "8Gi", 858993459 is "819Mi".
func FormatSize(n int64) schema.Size {
	const suffixes = "KMGTPE"
	unit, suffix := int64(1), ""
	for i := 0; i < len(suffixes); i++ {
		next := unit << 10
		if n < next || (n%next != 0 && n/next < 10) {
			break
		}
		unit, suffix = next, string(suffixes[i])+"i"
	}
	return fmt.Sprintf("%d%s", n/unit, suffix)
}

// KubernetesMinor is the minor version of the oldest API server that the environment runs on, and whether the
// intent says so.
func (i *Intent) KubernetesMinor() (minor int, said bool) {
	_, text, _ := strings.Cut(i.Kubernetes.Version, ".") // the language knows no form but 1.N
	minor, err := strconv.Atoi(text)
	return minor, err == nil
}

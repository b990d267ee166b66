package intent_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/intent"
)

func TestDerived(t *testing.T) {
	t.Parallel()
	in := mustLoad(t, `intent: base.intent & {
	name: "events"
	cluster: replicas: 3
	jetstream: {memoryStore: {}, fileStore: pvc: size: "10Gi"}
	resources: limits: memory: "4Gi"
	lameDuckDuration: "45500ms"
}
`)
	require.True(t, in.Clustered())
	require.Equal(t, "2Gi", in.MaxMemoryStore(), "half of the limit")
	require.Equal(t, "8Gi", in.MaxFileStore(), "80 % of the claim")
	limit, ok := in.GoMemLimit()
	require.True(t, ok)
	require.EqualValues(t, 3435973836, limit)
	require.EqualValues(t, 76, in.TerminationGracePeriod(), "rounded up")
	require.Equal(t, []string{"events-0", "events-1", "events-2"}, in.PodNames())
	require.Equal(t, []string{"events", "events-headless", "events-config", "events-box", "events-js", "events"},
		[]string{in.ServiceName(), in.HeadlessName(), in.ConfigMapName(), in.BoxName(), in.JetStreamClaimName(), in.ClusterName()})

	in = mustLoad(t, "intent: base.intent & {jetstream: {memoryStore: {}, fileStore: {enabled: false, dir: \"/x\"}}}\n")
	require.False(t, in.Clustered())
	require.Equal(t, "", in.MaxMemoryStore(), "no limit to derive it from")
	require.Equal(t, "0", in.MaxFileStore())
	require.Equal(t, "/x", in.StoreDir())
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"0": 0, "512": 512, "4Ki": 4096, "4k": 4000, "10Gi": 10 << 30, "1M": 1e6, "1E": 1e18, "100Ti": 100 << 40, "7Ei": 7 << 60} {
		got, err := intent.ParseSize(text)
		require.NoError(t, err)
		require.Equal(t, want, got, text)
	}
	_, err := intent.ParseSize("99Ei")
	require.ErrorContains(t, err, "does not fit")

	for bytes, want := range map[int64]string{0: "0", 1: "1", 1 << 10: "1Ki", 8 << 30: "8Gi", 858993459: "819Mi", 1<<30 + 1<<29: "1536Mi", 10<<20 + 1: "10Mi"} {
		require.Equal(t, want, intent.FormatSize(bytes))
	}
}

// A size is never written larger than it is, and never less than nine tenths of it.
func FuzzFormatSize(f *testing.F) {
	f.Add(int64(858993459))
	f.Fuzz(func(t *testing.T, n int64) {
		if n < 0 {
			t.Skip("sizes are not negative")
		}
		back, err := intent.ParseSize(intent.FormatSize(n))
		require.NoError(t, err)
		require.LessOrEqual(t, back, n)
		require.LessOrEqual(t, n-back, n/10)
	})
}

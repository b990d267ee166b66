package conf

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkCheck proves a configuration for one pod: the aim is 2 ms.
func BenchmarkCheck(b *testing.B) {
	for _, name := range []string{"production", "everything", "extra"} {
		b.Run(name, func(b *testing.B) {
			source, err := os.ReadFile("testdata/" + name + ".cue")
			require.NoError(b, err)
			in := newIntent(b, string(source))
			c, _ := Build(in)
			pods := Pods(in)[:1]
			b.ReportAllocs()
			for b.Loop() {
				checked(b, c, in, pods)
			}
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	in := newIntent(b, production)
	b.ReportAllocs()
	for b.Loop() {
		c, _ := Build(in)
		c.Text()
		c.RestartHash()
	}
}

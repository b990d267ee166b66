package tree_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/tree"
)

// environments are the files of n environments, 15 of 3 KiB each.
func environments(n int, text string) (dirs []string, files []tree.File) {
	for e := range n {
		dirs = append(dirs, fmt.Sprintf("overlays/env%d", e))
		for i := range 15 {
			files = append(files, file(fmt.Sprintf("overlays/env%d/f%d.yaml", e, i), strings.Repeat(text, 300)))
		}
	}
	return dirs, files
}

func BenchmarkApply(b *testing.B) {
	for _, n := range []int{1, 1000} {
		for _, same := range []bool{true, false} {
			b.Run(fmt.Sprintf("environments=%d/same=%t", n, same), func(b *testing.B) {
				_, repo := newRepo(b, nil)
				dirs, files := environments(n, "key: val\n")
				_, others := environments(n, "key: new\n")
				_, err := repo.Apply(b.Context(), dirs, files)
				require.NoError(b, err)
				for b.Loop() {
					if !same {
						files, others = others, files
					}
					_, err := repo.Apply(b.Context(), dirs, files)
					require.NoError(b, err)
				}
			})
		}
	}
}

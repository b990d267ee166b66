package kustomize

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func BenchmarkNewBase(b *testing.B) {
	objects := load(b, "base")
	b.ReportAllocs()
	for b.Loop() {
		_, err := NewBase("base", objects)
		require.NoError(b, err)
	}
}

func BenchmarkOverlay(b *testing.B) {
	base, prod, _ := environment(b, "prod")
	b.ReportAllocs()
	for b.Loop() {
		_, err := base.Overlay(prod)
		require.NoError(b, err)
	}
}

func BenchmarkProve(b *testing.B) {
	base, prod, files := environment(b, "prod")
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, base.Prove(files, prod))
	}
}

// BenchmarkBuild is what Prove would cost with kustomize itself.
func BenchmarkBuild(b *testing.B) {
	base, prod, files := environment(b, "prod")
	files = slices.Concat(base.Files, files)
	b.ReportAllocs()
	for b.Loop() {
		_, err := Build(files, prod.Dir)
		require.NoError(b, err)
	}
}

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkProcess runs the program as a user does, from its start to its end. Where helm is
// on the PATH and HELM_CHART names the official chart's folder, it runs helm template too.
func BenchmarkProcess(b *testing.B) {
	natsyard := buildNatsyard(b)
	repo := b.TempDir()
	sh(b, repo, natsyard, "init", ".")
	sh(b, repo, natsyard, "render")
	b.Run("render-one-unchanged", func(b *testing.B) {
		measure(b, repo, nil, natsyard, "render", "prod")
	})
	b.Run("render-one-written", func(b *testing.B) {
		measure(b, repo, func() {
			generated, err := filepath.Glob(filepath.Join(repo, "*", "prod", "*.yaml"))
			require.NoError(b, err)
			for _, f := range generated {
				require.NoError(b, os.Remove(f))
			}
		}, natsyard, "render", "prod")
	})
	if chart := os.Getenv("HELM_CHART"); chart != "" {
		b.Run("helm-template", func(b *testing.B) { measure(b, repo, nil, "helm", "template", "nats", chart) })
	}
	for _, n := range []int{100, 1000} {
		repo := b.TempDir()
		sh(b, repo, natsyard, "init", ".")
		prod, err := os.ReadFile(filepath.Join(repo, "overlays/prod/intent.cue"))
		require.NoError(b, err)
		for i := range n {
			dir := filepath.Join(repo, fmt.Sprintf("overlays/env%04d", i))
			require.NoError(b, os.Mkdir(dir, 0o755))
			text := strings.Replace(string(prod), "replicas: 3", fmt.Sprintf("replicas: 3, namespace: \"nats-%d\"", i), 1)
			require.NoError(b, os.WriteFile(filepath.Join(dir, "intent.cue"), []byte(text), 0o644))
		}
		b.Run(fmt.Sprintf("vet-%d", n), func(b *testing.B) { measure(b, repo, nil, natsyard, "vet") })
	}
}

func sh(b *testing.B, dir, name string, args ...string) *os.ProcessState {
	b.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(b, err, string(out))
	return cmd.ProcessState
}

// measure runs a command b.N times and reports its CPU time and its largest memory.
func measure(b *testing.B, dir string, before func(), name string, args ...string) {
	var cpu, peak float64
	for b.Loop() {
		if before != nil {
			b.StopTimer()
			before()
			b.StartTimer()
		}
		state := sh(b, dir, name, args...)
		cpu += (state.UserTime() + state.SystemTime()).Seconds()
		if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
			peak = max(peak, float64(usage.Maxrss)/1024) // KiB on Linux
		}
	}
	b.ReportMetric(1000*cpu/float64(b.N), "cpu-ms/op")
	b.ReportMetric(peak, "peak-MiB")
}

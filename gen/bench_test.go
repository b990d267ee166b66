package gen

import (
	"context"
	"fmt"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/conf"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/kube"
	"github.com/natsyard/natsyard/gen/kustomize"
	"github.com/natsyard/natsyard/gen/rule"
	"github.com/natsyard/natsyard/gen/valid"
)

// many is this repository with n more environments, each a little different.
func many(tb testing.TB, n int) (fstest.MapFS, []string) {
	tb.Helper()
	repo, envs := fstest.MapFS{}, make([]string, n)
	for _, name := range []string{"cue.mod/module.cue", "base/intent.cue"} {
		data, err := os.ReadFile("../" + name)
		require.NoError(tb, err)
		repo[name] = &fstest.MapFile{Data: data}
	}
	for i := range envs {
		envs[i] = fmt.Sprintf("env%04d", i)
		repo["overlays/"+envs[i]+"/intent.cue"] = &fstest.MapFile{Data: fmt.Appendf(nil, `package env

import "github.com/natsyard/natsyard/base"

intent: base.intent & {
	namespace: "nats-%d"
	cluster: replicas: 3
	jetstream: {
		memoryStore: maxSize: "2Gi"
		fileStore: pvc: {size: "%dGi", storageClassName: "standard"}
	}
	resources: {
		requests: {cpu: "100m", memory: "256Mi"}
		limits: {cpu: "500m", memory: "4Gi"}
	}
	topologySpreadConstraints: "kubernetes.io/hostname": {maxSkew: 1, whenUnsatisfiable: "DoNotSchedule"}
	promExporter: {enabled: true, port: %d}
}
`, i, 10+i%90, 7000+i%1000)}
	}
	return repo, envs
}

// BenchmarkRender proves environments in one process; ns/env is the wall time of each.
func BenchmarkRender(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("environments=%d", n), func(b *testing.B) {
			repo, envs := many(b, n)
			b.ReportAllocs()
			for b.Loop() {
				_, found, err := Render(context.Background(), repo, envs)
				require.NoError(b, err)
				require.Empty(b, found)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/env")
		})
	}
}

// BenchmarkStages gives the share of each stage in one warm environment.
func BenchmarkStages(b *testing.B) {
	repo, envs := many(b, 1)
	loader, found := intent.NewLoader(repo)
	require.Empty(b, found)
	in, found := loader.Load(intent.Base)
	require.Empty(b, found)
	objects, _, err := prove(in, nil)
	require.NoError(b, err)
	base, err := kustomize.NewBase(in.Dir(), objects)
	require.NoError(b, err)

	stages := []string{"load", "rule", "conf", "loader", "kube", "valid", "overlay", "proof"}
	spent := make([]time.Duration, len(stages))
	for b.Loop() {
		stage, start := 0, time.Now()
		next := func() {
			now := time.Now()
			spent[stage] += now.Sub(start)
			stage, start = stage+1, now
		}
		// A second loader would read the language anew; the same one would find the environment in its cache.
		repo[fmt.Sprintf("overlays/%d/intent.cue", b.N)] = repo["overlays/"+envs[0]+"/intent.cue"]
		in, found := loader.Load(envs[0])
		next()
		found = append(found, rule.Check(in)...)
		next()
		c, built := conf.Build(in)
		next()
		checked, err := conf.Check(c, in, conf.Pods(in))
		require.NoError(b, err)
		found = append(append(found, built...), checked...)
		next()
		objects, err := kube.Objects(in, c.Text(), c.RestartHash())
		require.NoError(b, err)
		next()
		found = append(found, valid.Check(in, objects, found)...)
		next()
		env := kustomize.Environment{Dir: in.Dir(), Namespace: in.Namespace, Objects: objects}
		files, err := base.Overlay(env)
		require.NoError(b, err)
		next()
		require.NoError(b, base.Prove(files, env))
		next()
		require.Empty(b, found)
	}
	var all time.Duration
	for _, d := range spent {
		all += d
	}
	for i, s := range stages {
		b.ReportMetric(100*float64(spent[i])/float64(all), s+"-%")
	}
}

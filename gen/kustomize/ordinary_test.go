package kustomize

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Kustomize knows names of other objects in an Ingress and its like. With no name that changes
// it changes none of these, whatever they hold.
func TestKustomizeBuildsTheWaysInAsTheyWereMeant(t *testing.T) {
	t.Parallel()
	ways := load(t, "ways") // Services, Certificates, an Ingress and an HTTPRoute
	kinds := map[string]int{}
	for seed := range *pairs {
		m := mutator{rand.New(rand.NewPCG(uint64(seed), 3))}
		base, err := NewBase("base", slices.Concat(load(t, "base")[:1], m.objects(ways, m.IntN(6))))
		require.NoError(t, err, "seed %d", seed)
		env := Environment{Dir: "overlays/env", Namespace: "nats", Objects: slices.Concat(load(t, "prod")[:1], m.objects(ways, m.IntN(12)))}
		files, err := base.Overlay(env)
		require.NoError(t, err, "seed %d", seed)

		require.NoError(t, base.Prove(files, env), "seed %d", seed)
		require.Empty(t, compareWithKustomize(t, base, files, env), "seed %d", seed)
		if !base.odd && !slices.ContainsFunc(env.Objects, extraordinary) {
			for _, o := range env.Objects {
				kinds[o.GetKind()]++
			}
		}
	}
	for _, kind := range []string{"Service", "Certificate", "Ingress", "HTTPRoute"} {
		require.Greater(t, kinds[kind], *pairs/3, "%s should often take the short way", kind)
	}
}

package gen

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
)

// What an environment's own file says wrong is found where the base says it, and where each says half of
// it, at the user's own place: once, however many environments share it.
func TestRuleExamplesInBase(t *testing.T) {
	t.Parallel()
	fill, count := realJWTs(t), map[string]int{}
	for _, r := range tried() {
		if strings.HasPrefix(r.Trips, "-- ") || strings.HasPrefix(r.Trips, "// ") {
			continue
		}
		fields := fill(r.Trips)
		whole := namedIn(t, fields, r.Name)
		require.NotEmpty(t, whole, r.Name)

		if based := inPlaces(t, r.Name, fields, ""); r.Name != "accept-idle" { // which several environments may need
			if !assert.Len(t, based, len(whole), "%s in the base", r.Name) {
				continue
			}
			for _, d := range based {
				if d.Rule != r.Name {
					continue // it speaks of environments
				}
				require.Equal(t, "base", strings.Split(d.Span.File, "/")[0], "%s: %s", r.Name, d.Span)
			}
			count["base"]++
		}
		first, rest := halves(t, fields)
		if rest == "" {
			continue
		}
		for _, half := range [][2]string{{first, rest}, {rest, first}} {
			assert.NotEmpty(t, inPlaces(t, r.Name, half[0], half[1]), "%s with %s in the base", r.Name, half[0])
		}
		count["split"]++
	}
	require.Greater(t, count["base"], 130)
	require.Greater(t, count["split"], 40)
}

// inPlaces is what one rule finds where the base says some fields, and two environments say others.
func inPlaces(t *testing.T, name, base, overlay string) (out diag.List) {
	t.Helper()
	repo, envs := repository(archive("// overlays/prod\n" + overlay + "\n// overlays/test\n" + overlay))
	repo["base/intent.cue"] = &fstest.MapFile{Data: []byte("package base\n\nimport \"github.com/natsyard/natsyard/schema\"\n\nintent: schema.#Intent & {\n" + base + "\n}\n")}
	_, found, err := Render(context.Background(), repo, envs)
	require.NoError(t, err, name)
	for _, d := range found {
		if d.Rule == name || d.Rule == surer[name] {
			out = append(out, d)
		}
	}
	return out
}

// surer are the rules that say for certain of two environments what a rule fears of one.
var surer = map[string]string{
	"server-names-differ": "server-names-collide", "leaf-server-names": "leaf-names-collide", "leaf-cluster-name": "leaf-cluster-collides",
}

// halves are the first field of an example, and the others; "" where it has but one.
func halves(t *testing.T, fields string) (first, rest string) {
	t.Helper()
	file, err := parser.ParseFile("example", fields)
	if err != nil || len(file.Decls) < 2 { // no CUE, as the example of the rule about that
		return fields, ""
	}
	text := func(from int, to int) string {
		half := *file
		half.Decls = file.Decls[from:to]
		data, err := format.Node(&half)
		require.NoError(t, err)
		return string(data)
	}
	return text(0, 1), text(1, len(file.Decls))
}

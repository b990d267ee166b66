package conf

import (
	"encoding/json"
	"io/fs"
	"sync"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// grammar evaluates the schema once for all tests. A CUE context serves one at a time.
var grammar struct {
	sync.Mutex
	*cue.Context
	intent cue.Value
}

// newIntent is the intent that a user who writes this CUE would get: the schema's defaults
// filled in.
func newIntent(t testing.TB, source string) *intent.Intent {
	t.Helper()
	grammar.Lock()
	defer grammar.Unlock()
	if grammar.Context == nil {
		grammar.Context = cuecontext.New()
		grammar.intent = loadLanguage(t, grammar.Context)
	}
	data, err := grammar.intent.Unify(grammar.CompileString(source)).MarshalJSON()
	require.NoError(t, err, source)
	in := &intent.Intent{Environment: "prod"}
	require.NoError(t, json.Unmarshal(data, &in.Intent))
	return in
}

func loadLanguage(t testing.TB, ctx *cue.Context) cue.Value {
	t.Helper()
	inst := build.NewContext().NewInstance("", nil)
	files, err := fs.Glob(schema.Files, "*.cue")
	require.NoError(t, err)
	for _, name := range files {
		data, err := fs.ReadFile(schema.Files, name)
		require.NoError(t, err)
		file, err := parser.ParseFile(name, data)
		require.NoError(t, err)
		require.NoError(t, inst.AddSyntax(file))
	}
	require.NoError(t, inst.Complete())
	return ctx.BuildInstance(inst).LookupPath(cue.ParsePath("#Intent"))
}

// overlaid is an intent with another laid over it, as JSON.
func overlaid(t testing.TB, source, over string) string {
	t.Helper()
	var merge func(a, b map[string]any)
	merge = func(a, b map[string]any) {
		for k, v := range b {
			inner, ok := a[k].(map[string]any)
			if more, both := v.(map[string]any); ok && both {
				merge(inner, more)
			} else {
				a[k] = v
			}
		}
	}
	var a, b map[string]any
	ctx := cuecontext.New()
	require.NoError(t, ctx.CompileString(source).Decode(&a))
	require.NoError(t, ctx.CompileString(over).Decode(&b))
	merge(a, b)
	data, err := json.Marshal(a)
	require.NoError(t, err)
	return string(data)
}

// production is the seed's production configuration.
const production = `{
	cluster: replicas: 3
	jetstream: {
		memoryStore: maxSize: "2Gi"
		fileStore: pvc: {size: "10Gi", storageClassName: "standard"}
	}
	resources: limits: memory: "4Gi"
}`

// checked is Check where it can do its work.
func checked(t testing.TB, c *Conf, in *intent.Intent, pods []Pod) diag.List {
	t.Helper()
	found, err := Check(c, in, pods)
	require.NoError(t, err)
	return found
}

package conf

import (
	"encoding/json"
	"io/fs"
	"sync"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// language evaluates the schema once for all tests. A CUE context serves one at a time.
var language struct {
	sync.Mutex
	intent cue.Value
}

// newIntent is the intent that a user who writes this CUE would get: the schema's defaults
// filled in.
func newIntent(t testing.TB, source string) *intent.Intent {
	t.Helper()
	language.Lock()
	defer language.Unlock()
	if !language.intent.Exists() {
		language.intent = loadLanguage(t)
	}
	value := language.intent.Context().CompileString(source)
	data, err := language.intent.Unify(value).MarshalJSON()
	require.NoError(t, err, source)
	in := &intent.Intent{Env: "prod"}
	require.NoError(t, json.Unmarshal(data, &in.Intent))
	return in
}

func loadLanguage(t testing.TB) cue.Value {
	t.Helper()
	inst := build.NewContext().NewInstance("", nil)
	files, err := fs.Glob(schema.Files, "*.cue")
	require.NoError(t, err)
	for _, name := range files {
		data, err := fs.ReadFile(schema.Files, name)
		require.NoError(t, err)
		require.NoError(t, inst.AddFile(name, data))
	}
	require.NoError(t, inst.Complete())
	return cuecontext.New().BuildInstance(inst).LookupPath(cue.ParsePath("#Intent"))
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

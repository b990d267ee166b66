package kube_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/kube"
	"github.com/natsyard/natsyard/schema"
)

// language is the real schema, evaluated by one test at a time.
var language = sync.OnceValues(func() (cue.Value, error) {
	instance := build.NewContext().NewInstance("", nil)
	instance.PkgName = "schema"
	err := fs.WalkDir(schema.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := schema.Files.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(path, text)
		if err != nil {
			return err
		}
		return instance.AddSyntax(file)
	})
	if err != nil {
		return cue.Value{}, err
	}
	if err := instance.Complete(); err != nil {
		return cue.Value{}, err
	}
	value := cuecontext.New().BuildInstance(instance)
	return value.LookupPath(cue.ParsePath("#Intent")), value.Err()
})

var languageLock sync.Mutex

// parse gives the intent that the fields say, with the language's defaults.
func parse(t testing.TB, fields string) *intent.Intent {
	t.Helper()
	languageLock.Lock()
	defer languageLock.Unlock()
	definition, err := language()
	require.NoError(t, err)
	value := definition.Unify(cuecontext.New().CompileString(fields))
	require.NoError(t, value.Validate(cue.Concrete(true)))
	text, err := value.MarshalJSON()
	require.NoError(t, err)
	in := &intent.Intent{Environment: "test"}
	require.NoError(t, json.Unmarshal(text, &in.Intent))
	return in
}

// parseFile is parse for a file of testdata.
func parseFile(t testing.TB, name string) *intent.Intent {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return parse(t, string(text))
}

const (
	conf        = "server_name: $SERVER_NAME\nport: 4222\n"
	restartHash = "0a1b2c3d"
)

func objects(t testing.TB, in *intent.Intent) []kube.Object {
	t.Helper()
	all, err := kube.Objects(in, []byte(conf), restartHash)
	require.NoError(t, err)
	return all
}

// find gives the one object of the kind, as Kubernetes' own type. It fails where there is
// another number of them, so that objects that share a kind go by their name.
func find[T any](t testing.TB, all []kube.Object, kind, name string) T {
	t.Helper()
	var typed T
	found := 0
	for _, object := range all {
		if object.GetKind() == kind && object.GetName() == name {
			found++
			require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, &typed, true))
		}
	}
	require.Equal(t, 1, found, "number of %s %s", kind, name)
	return typed
}

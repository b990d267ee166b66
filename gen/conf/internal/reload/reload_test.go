package reload

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the table of options anew")

// The committed table is what this version of nats-server says.
func TestTable(t *testing.T) {
	path, err := filepath.Abs("../option/zz_reload.go")
	require.NoError(t, err)
	options, err := Options()
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	want, err := Table(options)
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(path, want, 0o644))
		return
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), string(got)), "run go generate ./gen/conf/...")
}

func TestAccepts(t *testing.T) {
	t.Chdir(t.TempDir())
	base := "server_name: s\ncluster {name: c, port: 6222}\n"
	store := func(size string) string {
		return base + `jetstream {store_dir: "js", max_mem: 1Mi, max_file: ` + size + "}\n"
	}
	for name, test := range map[string]struct {
		before, after string
		refusal       string
	}{
		"nothing":          {base, base, ""},
		"payload":          {base, base + "max_payload: 2Mi", ""},
		"route":            {base, base + `cluster {name: c, port: 6222, routes: ["nats://127.0.0.1:1"]}`, ""},
		"route port":       {base, base + `cluster {name: c, port: 6223}`, "cluster port"},
		"client port":      {base, base + "port: 4333", "not supported for Port"},
		"pending":          {base, base + "max_pending: 32Mi", "not supported for MaxPending"},
		"larger store":     {store("1Mi"), store("2Mi"), ""},
		"smaller store":    {store("2Mi"), store("1Mi"), "decreasing jetstream max memory and store"},
		"other store":      {store("1Mi"), base + `jetstream {store_dir: "other", max_mem: 1Mi, max_file: 1Mi}`, "storage dir"},
		"invalid":          {base, "nonsense: true", "unknown field"},
		"what was invalid": {"nonsense: true", base, "unknown field"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Accepts(test.before, test.after)
			if test.refusal == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.refusal)
		})
	}
}

func TestOptionsAreAllThatTheLoaderKnows(t *testing.T) {
	options, err := Options()
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	for _, o := range options {
		for _, name := range o.Names {
			path := o.Path[:len(o.Path)-len(o.Names[0])] + name
			_, err := Load(configuration(path, `"x"`))
			if err != nil {
				require.NotContains(t, err.Error(), "unknown field", path)
			}
		}
	}
}

package source

import (
	"errors"
	"flag"
	"go/ast"
	"go/build"
	"go/token"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the table of options anew")

// The committed table is what this version of nats-server says.
func TestTable(t *testing.T) {
	t.Parallel()
	const path = "../../../options/zz_options.go"
	options, err := Options()
	require.NoError(t, err)
	want, err := Table(options)
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(path, want, 0o644))
		return
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), string(got)), "run go generate ./gen/options")
}

// The committed table of when an option came is what the older versions say.
func TestSince(t *testing.T) {
	t.Parallel()
	const path = "../../../options/zz_since.go"
	options, err := Options()
	require.NoError(t, err)
	want, err := Since(options, t.TempDir(), !*update)
	if errors.Is(err, ErrAbsent) {
		t.Skipf("the table of versions is NOT compared with nats-server: %v; make test-options downloads some 20 MB, and CI runs it", err)
	}
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(path, want, 0o644))
		return
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), string(got)), "run go generate ./gen/options")
}

// values are strings that the loader compares with what an option is set to.
var values = []string{
	"CACHE", "FULL", "MEM", "MEMORY", "always", "auto", "auto_fallback", "chunk", "chunked", "close", "default",
	"disable", "disabled", "enable", "enabled", "false", "headers", "off", "on", "owner", "retry", "single", "singleton",
	"stream", "system", "true",
}

// Every string that the loader compares something with is the name of an option, or one of the
// values above: the table lacks no option because the loader found another form to ask for it.
func TestEveryStringIsAccountedFor(t *testing.T) {
	t.Parallel()
	pkg, err := build.Import("github.com/nats-io/nats-server/v2/server", ".", 0)
	require.NoError(t, err)
	r, err := readFrom(pkg.Dir)
	require.NoError(t, err)
	compared := map[string][]string{}
	for name, f := range r.visited {
		if !strings.HasPrefix(name, "parse") && !strings.HasPrefix(name, "process") {
			continue
		}
		note := func(e ast.Expr) {
			if text, ok := literal(e); ok && !r.accounted[e] {
				compared[text] = append(compared[text], name)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CaseClause:
				for _, e := range n.List {
					note(e)
				}
			case *ast.IndexExpr:
				note(n.Index)
			case *ast.BinaryExpr:
				if n.Op == token.EQL || n.Op == token.NEQ {
					note(n.X)
					note(n.Y)
				}
			}
			return true
		})
	}
	require.Equal(t, values, slices.Sorted(maps.Keys(compared)), "a string that is neither an option that was read nor a known value: %v", compared)
}

func TestOptions(t *testing.T) {
	t.Parallel()
	options, err := Options()
	require.NoError(t, err)
	found := map[string][]string{}
	for _, o := range options {
		found[strings.Join(o.Block, ".")+":"+o.Names[0]] = o.Names
	}
	for option, names := range map[string][]string{ // one for each form in which the loader asks
		":max_payload":                       {"max_payload"},                                  // the parameter of a function
		":leaf":                              {"leaf", "leafnodes"},                            // with another spelling
		"leaf.remotes:url":                   {"url", "urls"},                                  // in a list
		"leaf.remotes.proxy:username":        {"username"},                                     // a switch within a case
		"leaf.remotes.tls.certs:key_file":    {"key_file"},                                     // without lower case
		"ocsp:mode":                          {"mode"},                                         // the same, in a switch over types
		"resolver:hard_delete":               {"hard_delete"},                                  // an index
		"accounts.users.permission.pub:deny": {"deny"},                                         // far down
		"accounts.exports.latency:sampling":  {"sampling"},                                     // an index in another function
		"tls.ocsp_peer:warn_only":            {"warn_only"},                                    // in another file
		"jetstream:max_memory_store":         {"max_memory_store", "max_mem_store", "max_mem"}, // after a switch over values
		"leaf.remotes.jetstream_cluster_migrate:leader_migrate_delay": {"leader_migrate_delay"},
	} {
		require.Equal(t, names, found[option], option)
	}
	require.NotContains(t, found, "jetstream:chacha", "a value is no option")
}

package language

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/options"
	"github.com/natsyard/natsyard/schema"
)

var update = flag.Bool("update", false, "rewrite docs/reference.md and the golden files")

// docs/reference.md is what Reference gives.
func TestReference(t *testing.T) {
	t.Parallel()
	got, err := Reference()
	require.NoError(t, err)
	checkFile(t, "../../docs/reference.md", string(got))
}

// docs/options.md is what OptionsPage gives.
func TestOptionsPage(t *testing.T) {
	t.Parallel()
	got, err := OptionsPage()
	require.NoError(t, err)
	checkFile(t, "../../docs/options.md", string(got))
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"", "cluster.replicas", "jetstream.fileStore.maxSize", "image", "image.tag", "env", "tolerations",
		"networkPolicy", "headlessService.name", "natsBox.contexts.prod.creds", "podSecurityContext.runAsUser",
		"extraConfig.system_account", "nats.tls.verify", "authorization.users.bob.password",
	} {
		f, ok := Lookup(ParsePath(path)...)
		require.True(t, ok, path)
		checkFile(t, filepath.Join("testdata", "explain", formatPath(append([]string{"intent"}, ParsePath(path)...)...)+".txt"), Explain(f))
	}
}

// What a definition says of one place holds for the others that it stands in.
func TestOptionsOfFields(t *testing.T) {
	t.Parallel()
	for path, want := range map[string][]string{
		"limits.maxPayload":                             {"max_payload"},
		"nats.tls.verify":                               {"tls.verify"},
		"leafnodes.remotes.hub.tls.ca":                  {"leafnodes.remotes.tls.ca_file"},
		"gateway.tls.ocspPeer.caTimeout":                {"gateway.tls.ocsp_peer.ca_timeout"},
		"cluster.tls.verifyCertAndCheckKnownURLs":       {"cluster.tls.verify_cert_and_check_known_urls"},
		"mqtt.tls.enabled":                              nil,
		"accounts.A.users.bob.password":                 {"accounts.users.password"},
		"authorization.users.bob.password":              {"authorization.users.password"},
		"authorization.users.bob":                       {"authorization.users.user"},
		"authorization.defaultPermissions.publish.deny": {"authorization.default_permissions.publish.deny"},
		"accounts.A.users.bob.permissions.jetstream":    {"accounts.users.permissions.publish", "accounts.users.permissions.subscribe"},
		"accounts.A.imports[0].service.account":         {"accounts.imports.service.account"},
		"accounts.A.imports[0].stream.account":          {"accounts.imports.stream.account"},
		"accounts.A.jetstream.enabled":                  {"accounts.jetstream"},
		"gateway.authorization.password":                {"gateway.authorization.password"},
		"gateway.authorization.password.key":            nil,
		"websocket.tls":                                 {"websocket.tls", "websocket.no_tls"},
		"websocket.compression":                         {"websocket.compression"},
		"websocket.httpRoute.parentRefs[0].port":        nil,
		"leafnodes.compression":                         {"leafnodes.compression", "leafnodes.compression.mode"},
		"jetstream.fileStore.pvc.enabled":               nil,
		"zones.tag":                                     {"server_tags"},
		"extraConfig":                                   {"the top level"},
	} {
		f, ok := Lookup(ParsePath(path)...)
		require.True(t, ok, path)
		require.Equal(t, want, f.Options, path)
	}
}

// Every attribute names an option that the server has.
func TestAttributesAreOptions(t *testing.T) {
	t.Parallel()
	for _, f := range allFields(t) {
		for _, option := range append(f.Nats, f.Options...) {
			_, ok := options.Find(strings.Split(option, ".")...)
			require.True(t, ok || f.Path == "extraConfig", "%s becomes %s, which the server does not know", f.Path, option)
		}
	}
}

func TestExplainOption(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"cluster.pool_size", "tls.cert_file", "log_file", "feature_flags"} {
		o, ok := options.Find(ParsePath(path)...)
		require.True(t, ok, path)
		checkFile(t, filepath.Join("testdata", "option", path+".txt"), ExplainOption(o))
	}
}

func checkFile(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is stale: go test ./gen/language -update (-want +got):\n%s", file, diff)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{ // path: "the field's path: its type"
		"intent":                                    "" + ": Intent",
		"intent.cluster.replicas":                   "cluster.replicas: whole number, 1 to 99",
		"jetstream.fileStore.pvc.size":              "jetstream.fileStore.pvc.size: size",
		"env.GOMEMLIMIT":                            "env.<key>: EnvVar",
		"env.<key>.valueFrom":                       "env.<key>.valueFrom: EnvVarSource",
		"resources.limits.memory":                   "resources.limits.memory: quantity, 0 to 1e15",
		"tolerations":                               "tolerations: list of Toleration",
		"tolerations[0].key":                        "tolerations[].key: string",
		"tolerations.0.key":                         "tolerations[].key: string",
		"tolerations[].key":                         "tolerations[].key: string",
		"tolerations.key":                           "tolerations[].key: string",
		`topologySpreadConstraints."a.b/c".maxSkew`: "topologySpreadConstraints.<key>.maxSkew: whole number, 1 or more",
		"extraConfig.accounts.A[3].users":           "extraConfig.<key>: anything",
		"natsBox.contexts":                          "natsBox.contexts: map of name to NatsBoxContext",
		"global.labels":                             `global.labels: map of string to (label value | "")`,
		"podSecurityContext.runAsUser":              "podSecurityContext.runAsUser: whole number | null",
		"image.pullPolicy":                          `image.pullPolicy: "Always" | "IfNotPresent" | "Never"`,
		"nope":                                      "",
		"cluster.replicas.nope":                     "",
		"cluster[0]":                                "",
		`a."b`:                                      "",
		"tolerations[":                              "",
	} {
		f, ok := Lookup(ParsePath(path)...)
		got := ""
		if ok {
			got = f.Path + ": " + f.Type
		}
		require.Equal(t, want, got, path)
	}
}

// What a place says goes before what its definition says.
func TestRefinedField(t *testing.T) {
	t.Parallel()
	f, ok := Lookup("natsBox", "image", "tag")
	require.True(t, ok)
	require.Equal(t, "Tag of the image.", f.Doc)
	require.Equal(t, `"0.19.7"`, f.Default)
	require.False(t, f.Required)

	f, ok = Lookup("configMap", "name")
	require.True(t, ok)
	require.Equal(t, "<name>-config", f.Default)
	require.True(t, f.Derived)
	require.True(t, f.Optional)

	f, ok = Lookup("name")
	require.True(t, ok)
	require.Regexp(t, "^the name of an object.*; at most 47 characters$", f.Allowed)

	f, ok = Lookup("nats", "port")
	require.True(t, ok)
	require.Equal(t, []string{"port"}, f.Nats)
	require.Equal(t, "a TCP port, 1 to 65535", f.Allowed)
}

func allFields(t *testing.T) []*Field {
	t.Helper()
	top, err := Root()
	require.NoError(t, err)
	var all []*Field
	top.walk(func(f *Field) { all = append(all, f) })
	require.Greater(t, len(all), 400)
	return all
}

// Every field says what it means, what may be written, and its unit.
func TestDocumented(t *testing.T) {
	t.Parallel()
	number := regexp.MustCompile(`(Seconds|Period|Timeout|Len|Bytes|Size|Interval|Deadline|Duration)$`)
	for _, f := range allFields(t) {
		require.NotEmpty(t, f.Type, f.Path)
		require.NotEmpty(t, f.Allowed, f.Path)
		require.NotContains(t, f.Allowed, "matches", "%s shows a pattern; it needs @allowed", f.Path)
		if f.Name != AnyKey && f.Name != Element {
			require.NotEmpty(t, f.Doc, f.Path)
		}
		if strings.HasPrefix(f.Type, "whole number") && number.MatchString(f.Name) && f.Name != "poolSize" {
			require.Regexp(t, `(?i)unit: seconds|in bytes`, f.Doc, "%s does not say its unit", f.Path)
		}
	}
}

// The defaults are those that CUE itself finds, and none is missing.
func TestDefaultsAreCUEs(t *testing.T) {
	t.Parallel()
	ctx, v := evaluate(t)
	static := 0
	for _, f := range allFields(t) {
		if f.Name == Element && f.parent.Default != "" {
			continue // CUE shows those of the default
		}
		at := lookup(t, ctx, v, f)
		if at.IncompleteKind() == cue.StructKind {
			continue
		}
		got, has := at.Default()
		has = has || at.IsConcrete() // the only value that there is
		if isOpenList := (f.Default == "" || f.Derived) && at.IncompleteKind() == cue.ListKind; isOpenList {
			continue // CUE takes [] for a list of which nothing is known
		}
		if !has || !got.IsConcrete() {
			require.True(t, f.Default == "" || f.Derived, "%s: %s is no default of CUE's", f.Path, f.Default)
			continue
		}
		static++
		require.False(t, f.Derived, "%s has a default, and words for another", f.Path)
		want := ctx.CompileString(f.Default)
		require.NoError(t, want.Err(), f.Path)
		require.True(t, got.Equals(want), "%s: %s, CUE says %v", f.Path, f.Default, got)
	}
	require.Greater(t, static, 60)
}

// Every value that is said to be allowed is let through by CUE, one that is not is not.
func TestEnumsAreCUEs(t *testing.T) {
	t.Parallel()
	ctx, v := evaluate(t)
	for _, f := range allFields(t) {
		if len(f.Enum) == 0 || f.Name == Element && f.parent.Default != "" {
			continue
		}
		at := lookup(t, ctx, v, f)
		for _, value := range f.Enum {
			require.NoError(t, at.Unify(ctx.CompileString(value)).Err(), "%s: %s", f.Path, value)
		}
		require.Error(t, at.Unify(ctx.CompileString(`"no such value"`)).Err(), f.Path)
	}
}

func evaluate(t *testing.T) (*cue.Context, cue.Value) {
	t.Helper()
	names, err := filepath.Glob("../../schema/*.cue")
	require.NoError(t, err)
	inst := build.NewContext().NewInstance("schema", nil)
	for _, name := range names {
		src, err := schema.Files.ReadFile(filepath.Base(name))
		require.NoError(t, err)
		file, err := parser.ParseFile(name, src)
		require.NoError(t, err)
		require.NoError(t, inst.AddSyntax(file))
	}
	ctx := cuecontext.New()
	v := ctx.BuildInstance(inst).LookupPath(cue.ParsePath("#Intent"))
	require.NoError(t, v.Err())
	return ctx, v
}

// lookup finds a field in CUE's own value. What is only a pattern or one of several kinds
// of value there is made concrete first.
func lookup(t *testing.T, ctx *cue.Context, v cue.Value, f *Field) cue.Value {
	t.Helper()
	for _, e := range ParsePath(f.Path) {
		selector := cue.Str(e).Optional()
		kinds := v.IncompleteKind()
		switch {
		case e == AnyKey:
			for _, key := range keys {
				if with := v.Unify(ctx.CompileString("{" + strconv.Quote(key) + ": _}")); with.Err() == nil {
					v, selector = with, cue.Str(key)
					break
				}
			}
		case e == Element:
			v, selector = v.Unify(ctx.CompileString("[...]")), cue.AnyIndex
		case kinds&cue.StructKind != 0 && kinds != cue.StructKind: // a struct is one of several kinds
			v = v.Unify(ctx.CompileString("{" + strconv.Quote(e) + ": _}"))
		}
		v = v.LookupPath(cue.MakePath(selector))
	}
	require.NoError(t, v.Err(), f.Path)
	return v
}

// keys are one for each kind of map that the language has.
var keys = []string{"default", "hugepages-2Mi", "/default", "nats", "A" + strings.Repeat("A", 55)}

// A word beside a form that it has not is a choice of its own, and no limit is said twice.
func TestWordsBesideForms(t *testing.T) {
	t.Parallel()
	f, ok := Lookup("nats", "tls", "handshakeFirst")
	require.True(t, ok)
	require.Equal(t, `true | false | "auto" | duration`, f.Type)
	require.Contains(t, f.Allowed, `"auto"`)
	f, ok = Lookup("nats", "tls", "secretName")
	require.True(t, ok)
	require.Equal(t, 1, strings.Count(f.Allowed, "at most"), f.Allowed)
}

package gen

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/argocd"
	"github.com/natsyard/natsyard/gen/auth"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/krm"
	"github.com/natsyard/natsyard/gen/rule"
)

// isCommand tells whether the example of a rule is no repository alone: scripts of the commands show it.
func isCommand(r diag.Rule) bool {
	return strings.HasPrefix(r.Trips, "$ ") || slices.Contains(slices.Concat(argocd.Rules(), krm.Rules()), r)
}

// tried are the rules whose examples are repositories as they stand. Those of gen/rule with JWTs are tried
// there.
func tried() []diag.Rule {
	return slices.DeleteFunc(slices.Clone(Rules()), func(r diag.Rule) bool {
		elsewhere := strings.Contains(r.Trips+r.Passes, `"eyJ..."`) && slices.Contains(rule.Rules(), r)
		return isCommand(r) || elsewhere
	})
}

// Every rule is found under its name, and says all that a reader is promised.
func TestRules(t *testing.T) {
	t.Parallel()
	require.Greater(t, len(Rules()), 180)
	for n, r := range Rules() {
		found, ok := Rule(r.Name)
		require.True(t, ok, r.Name)
		require.Equal(t, r, found)
		require.Equal(t, r.Name, RuleNames()[n])
		require.Regexp(t, `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`, r.Name, "accept takes the name")
		require.Contains(t, []diag.Severity{diag.Error, diag.Warning}, r.Severity, r.Name)
		require.NotEmpty(t, r.Why, r.Name)
		require.False(t, strings.HasSuffix(r.Why, "."), "%s: the page ends its sentence", r.Name)
		require.NotEmpty(t, r.Trips, r.Name)
		require.NotEmpty(t, r.Passes, r.Name)
		require.NotEqual(t, r.Trips, r.Passes, r.Name)
		if !*update {
			require.NotEmpty(t, r.Message, r.Name)
		}
		if n > 0 {
			require.NotEqual(t, Rules()[n-1].Name, r.Name, "two packages have it")
		}
	}
	_, ok := Rule("no-such-rule")
	require.False(t, ok)
}

// The examples are what is said of them in a whole repository: the one trips its rule, and natsyard says
// its message, with its severity; the other does not.
func TestRuleExamples(t *testing.T) {
	t.Parallel()
	fill := realJWTs(t)
	messages := map[string]string{}
	for _, r := range tried() {
		trips, passes := fill(r.Trips), fill(r.Passes)
		found := namedIn(t, trips, r.Name)
		if !assert.NotEmpty(t, found, "%s: nothing trips it", r.Name) {
			continue
		}
		assert.Equal(t, r.Severity, found[0].Severity, r.Name)
		assert.Empty(t, namedIn(t, passes, r.Name), "%s: what passes does not", r.Name)
		if said, own := asWritten[r.Name]; own {
			assert.Equal(t, said, found[0].Message, r.Name)
		} else if messages[r.Name] = found[0].Message; !*update {
			assert.Equal(t, r.Message, found[0].Message, "%s: go test ./gen -update", r.Name)
		}
	}
	var file bytes.Buffer
	e := json.NewEncoder(&file)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	require.NoError(t, e.Encode(messages))
	checkFile(t, "messages.json", file.String())
}

// asWritten are the messages that rules have of their own accord.
var asWritten = func() map[string]string {
	out := map[string]string{}
	for _, r := range gathered() {
		if r.Message != "" {
			out[r.Name] = r.Message
		}
	}
	return out
}()

// namedIn is what one rule finds in the repository of an example.
func namedIn(t *testing.T, example, name string) (out diag.List) {
	t.Helper()
	repo, envs := repository(archive(example))
	_, found, err := Render(context.Background(), repo, envs)
	require.NoError(t, err, name)
	for _, d := range found {
		if d.Rule == name {
			out = append(out, d)
		}
	}
	return out
}

var intentHead = regexp.MustCompile(`(?m)^// overlays/(\w+)$`)

// archive is an example as a repository: as it is, or with its fields in one environment or several.
func archive(example string) *txtar.Archive {
	if strings.HasPrefix(example, "-- ") {
		return txtar.Parse([]byte(example + "\n"))
	}
	fields := map[string]string{"prod": example}
	if heads := intentHead.FindAllStringSubmatchIndex(example, -1); heads != nil {
		fields = map[string]string{}
		for n, head := range heads {
			end := len(example)
			if n < len(heads)-1 {
				end = heads[n+1][0]
			}
			fields[example[head[2]:head[3]]] = example[head[1]:end]
		}
	}
	var a txtar.Archive
	for env, text := range fields {
		a.Files = append(a.Files, txtar.File{
			Name: "overlays/" + env + "/intent.cue",
			Data: fmt.Appendf(nil, "package %s\n\nimport \"example.com/messaging/base\"\n\nintent: base.intent & {\n%s\n}\n", env, text),
		})
	}
	return &a
}

// realJWTs puts JWTs in the place of eyJ... in the examples of operator mode: those of an operator with
// the accounts SYS and APP.
func realJWTs(t *testing.T) func(string) string {
	t.Helper()
	repo, _ := repository(archive("resolver: {}\naccounts: APP: {}"))
	made, found, err := Authorize(context.Background(), repo, "prod", "// marker", nil, nil, rand.Reader)
	require.NoError(t, err)
	require.Empty(t, found)
	public, err := auth.ReadFile(made.File)
	require.NoError(t, err)
	preload, err := json.Marshal(public.Accounts)
	require.NoError(t, err)
	return strings.NewReplacer(
		`operator: "eyJ..."`, fmt.Sprintf("operator: %q", public.Operator),
		`resolverPreload: "A...": "eyJ..."`, "resolverPreload: "+string(preload),
	).Replace
}

func checkFile(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	if diff := cmp.Diff(string(data), got); diff != "" {
		t.Errorf("%s is stale: go test ./gen -update (-want +got):\n%s", file, diff)
	}
}

// Every name that the source gives to a finding is that of a rule.
func TestRulesOfSource(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, dir := range []string{".", "../cmd"} {
		require.NoError(t, filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
				return err
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				for _, name := range ruleNames(n) {
					seen[name] = true
					_, known := Rule(name)
					require.True(t, known, "%s: %s is not explained", file, name)
				}
				return true
			})
			return nil
		}))
	}
	require.Greater(t, len(seen), 40)
}

// ruleNames are the texts that a piece of source gives to a field of this name.
func ruleNames(n ast.Node) (names []string) {
	text := func(field, value ast.Expr) {
		id, named := field.(*ast.Ident)
		if s, selected := field.(*ast.SelectorExpr); selected {
			id, named = s.Sel, true
		}
		lit, literal := value.(*ast.BasicLit)
		if !named || !literal || !strings.EqualFold(id.Name, "rule") {
			return
		}
		if name, err := strconv.Unquote(lit.Value); err == nil {
			names = append(names, name)
		}
	}
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		text(n.Key, n.Value)
	case *ast.AssignStmt:
		if len(n.Lhs) == len(n.Rhs) {
			for i := range n.Lhs {
				text(n.Lhs[i], n.Rhs[i])
			}
		}
	}
	return names
}

// What the scripts of the commands show of findings is explained too.
func TestRulesOfScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../cmd/natsyard/testdata/script/*.txtar")
	require.NoError(t, err)
	named := regexp.MustCompile(`(?m)^  rule +(\S+)$`)
	seen := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range named.FindAllStringSubmatch(string(data), -1) {
			_, known := Rule(m[1])
			require.True(t, known, "%s: %s is not explained", file, m[1])
			seen++
		}
	}
	require.Greater(t, seen, 30)
}

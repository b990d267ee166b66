package argocd

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLevels(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source, dir string
		want        []string // Dir Inside Prefix
	}{
		"the root": {".", "/tmp/_cmp_server/u", []string{"/tmp/_cmp_server/u . ."}},
		"an environment": {"overlays/prod", "/tmp/_cmp_server/u/overlays/prod", []string{
			"/tmp/_cmp_server/u/overlays/prod . overlays/prod", "/tmp/_cmp_server/u/overlays prod overlays", "/tmp/_cmp_server/u overlays/prod .",
		}},
		"in a folder of the repository": {"./teams/a/", "/tmp/_cmp_server/u/teams/a", []string{
			"/tmp/_cmp_server/u/teams/a . teams/a", "/tmp/_cmp_server/u/teams a teams", "/tmp/_cmp_server/u teams/a .",
		}},
		// With manifest-generate-paths, only the common folder is sent.
		"a part of the repository": {"teams/a/overlays/prod", "/tmp/_cmp_server/u/overlays/prod", []string{
			"/tmp/_cmp_server/u/overlays/prod . teams/a/overlays/prod", "/tmp/_cmp_server/u/overlays prod teams/a/overlays",
			"/tmp/_cmp_server/u overlays/prod teams/a",
		}},
		"the environment alone": {"overlays/prod", "/tmp/_cmp_server/u", []string{"/tmp/_cmp_server/u . overlays/prod"}},
		// The system says where a symlink leads; its own path says nothing.
		"a symlink": {"apps/prod", "/tmp/_cmp_server/u/x/overlays/dev", []string{
			"/tmp/_cmp_server/u/x/overlays/dev . apps/prod", "/tmp/_cmp_server/u/x/overlays dev x/overlays",
			"/tmp/_cmp_server/u/x overlays/dev x", "/tmp/_cmp_server/u x/overlays/dev .",
		}},
		"another folder to work in": {"overlays/prod", "/cmp/overlays/prod", []string{
			"/cmp/overlays/prod . overlays/prod", "/cmp/overlays prod overlays", "/cmp overlays/prod .",
		}},
		"another folder and a symlink":     {"apps/prod", "/cmp/overlays/dev", []string{"/cmp/overlays/dev . apps/prod"}},
		"by hand, in the root":             {"", "/home/a/messaging", []string{"/home/a/messaging . ."}},
		"by hand, in that of the system":   {"", "/", []string{"/ . ."}},
		"beside what others work in":       {"", "/tmp/_cmp_server", []string{"/tmp/_cmp_server . ."}},
		"a path that leaves":               {"../../etc", "/tmp/_cmp_server/u", []string{"/tmp/_cmp_server/u . etc"}},
		"by hand, in a folder of overlays": {"", "/m/overlays/prod", []string{"/m/overlays/prod . .", "/m/overlays prod .", "/m overlays/prod ."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, l := range (Request{SourcePath: c.source}).Levels(c.dir, "/tmp") {
				got = append(got, strings.Join([]string{l.Dir, l.Inside, l.Prefix}, " "))
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	all := []string{"dev", "prod"}
	for _, c := range []struct {
		env, inside, prefix string
		all                 []string
		want                string
	}{
		{"prod", ".", ".", all, "prod"},
		{"", "overlays/dev", ".", all, "dev"},
		{"dev", "overlays/dev", ".", all, "dev"},
		{"", ".", ".", all, "parameter env: no environment is named | dev, prod | this parameter, or overlays/<environment> as the path of the Application"},
		{"prdo", ".", ".", all, "here: there is no environment prdo |  | prod"},
		{"overlays/prod", ".", ".", all, "here: there is no environment overlays/prod | dev, prod | "},
		{"qa", ".", ".", all, "here: there is no environment qa | dev, prod | "},
		{"prod", "overlays/dev", "m", all, "here: names the environment prod, and the path of the Application that of dev |  | leave it out, or make m/overlays/prod the path"},
		{"prod", "overlays", "m", all, "path m/overlays: neither the root of a natsyard repository nor the folder of an environment | m, m/overlays/dev, m/overlays/prod | "},
		{"", "overlays/qa", ".", all, "path overlays/qa: neither the root of a natsyard repository nor the folder of an environment | ., overlays/dev, overlays/prod | "},
		{"", "overlays/dev/own", ".", all, "path overlays/dev/own: neither the root of a natsyard repository nor the folder of an environment | ., overlays/dev, overlays/prod | "},
		{"", "dev", ".", all, "path dev: neither the root of a natsyard repository nor the folder of an environment | ., overlays/dev, overlays/prod | "},
		{"prod", ".", "m", nil, "path m/overlays: there is no environment |  | overlays/<name>/intent.cue makes one"},
	} {
		env, found := Request{Env: c.env, EnvFrom: "here"}.Environment(c.inside, c.prefix, c.all)
		if len(found) > 0 {
			require.Empty(t, env)
			d := found[0]
			env = d.Span.File + ": " + d.Message + " | " + d.Allowed + " | " + d.Mend
		}
		require.Equal(t, c.want, env)
	}
}

// FuzzLevels: no level lies above what was extracted, whatever an Application has for its path.
func FuzzLevels(f *testing.F) {
	f.Add("overlays/prod", "overlays/prod")
	f.Add("../../..", "a/b")
	f.Add("/tmp/_cmp_server/u", ".")
	f.Fuzz(func(t *testing.T, source, inside string) {
		const root = "/tmp/_cmp_server/u"
		dir := strings.TrimRight(root+"/"+strings.Join(elements("/"+inside), "/"), "/")
		for _, l := range (Request{SourcePath: source}).Levels(dir, "/tmp") {
			require.True(t, l.Dir == root || strings.HasPrefix(l.Dir, root+"/"), l.Dir)
			require.NotContains(t, "/"+l.Prefix+"/", "/../")
		}
	})
}

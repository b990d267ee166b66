package loader

import (
	"cmp"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
)

// build is a tree in which every value comes from the option of its own path.
func build(options map[string]any, path ...string) tree.Block {
	b := tree.Block{}
	for name, v := range options {
		from := tree.Below(path, name)
		switch v := v.(type) {
		case map[string]any:
			b[name] = &tree.Node{Value: build(v, from...), From: from}
		case []any:
			items := tree.List{}
			for i, item := range v {
				items = append(items, &tree.Node{Value: item, From: tree.Below(from, tree.Index(i))})
			}
			b[name] = &tree.Node{Value: items, From: from}
		default:
			b[name] = &tree.Node{Value: v, From: from}
		}
	}
	return b
}

type options = map[string]any

func messages(problems []Problem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, p.Finding().Message)
	}
	slices.Sort(out)
	return out
}

func TestJudge(t *testing.T) {
	t.Parallel()
	cluster := options{"name": "c", "port": int64(6222)}
	for name, test := range map[string]struct {
		options options
		want    []string
	}{
		"nothing wrong": {options{"server_name": "a", "cluster": cluster, "jetstream": options{"store_dir": "/data"}}, nil},
		"unknown":       {options{"max_paylod": int64(1)}, []string{"nats-server has no option max_paylod; did you mean max_payload?"}},
		"wrong kind":    {options{"port": "4222"}, []string{"nats-server refuses port: it takes a whole number, not a string"}},
		"wrong kind of a block": {options{"cluster": int64(1)},
			[]string{"nats-server refuses cluster: Expected map to define cluster, got a whole number"}},
		"in a list": {options{"cluster": options{"routes": []any{"nats://a:1", "http://[::1"}}},
			[]string{`nats-server refuses cluster.routes[1]: error parsing route url ["http://[::1"]`}},
		"duration": {options{"write_deadline": "soon"},
			[]string{`nats-server refuses write_deadline: error parsing write_deadline: invalid duration "soon"`}},
		"size in quotes": {options{"jetstream": options{"max_file_store": "10Gi"}},
			[]string{`nats-server refuses jetstream.max_file_store: max_file_store "10G" is not a number that it takes`}},
		"crash": {options{"ocsp": options{"urls": []any{"x"}}},
			[]string{"nats-server refuses ocsp.urls: it takes a list of strings, not a list"}},
		"out of range": {options{"cluster": options{"name": "two words"}},
			[]string{"nats-server refuses cluster.name: cluster name cannot contain spaces"}},
		"only together": {options{"max_payload": int64(2), "max_pending": int64(1)},
			[]string{"nats-server refuses max_payload: max_payload (2) cannot be higher than max_pending (1)"}},
		"in words": {options{"lame_duck_duration": "30s", "lame_duck_grace_period": "40s"},
			[]string{"nats-server refuses lame_duck_grace_period: lame duck grace period (40s) should be strictly lower than lame duck duration (30s)"}},
		"what is not there": {options{"cluster": cluster, "jetstream": options{}},
			[]string{"nats-server refuses jetstream: jetstream cluster requires `server_name` to be set"}},
		"no line": {options{"gateway": options{"gateways": options{"a": int64(1)}}, "cluster": options{"permissions": []any{int64(1)}}}, []string{
			"nats-server refuses cluster.permissions: Expected permissions to be a map/struct",
			"nats-server refuses gateway.gateways: Expected gateways field to be an array, got a block",
		}},
		"no name": {options{"jetstream": options{"domain": "a.b"}},
			[]string{"nats-server refuses jetstream.domain: invalid domain name: may not contain ., * or >"}},
		"crash of the server": {options{"max_closed_clients": int64(-1), "debug": true},
			[]string{"nats-server refuses max_closed_clients: it cannot be -1"}},
		"crash on another kind": {options{"authorization": []any{"a"}},
			[]string{"nats-server refuses authorization: it takes a block, not a list"}},
		"twice": {options{"store_dir": "a", "jetstream": options{"store_dir": "a"}},
			[]string{"nats-server refuses store_dir: Duplicate 'store_dir' configuration"}},
		"number with a warning": {options{"ping_interval": []any{}},
			[]string{"nats-server refuses ping_interval: it takes a whole number, not a list"}},
		"warning": {options{"write_deadline": int64(10)},
			[]string{`nats-server warns of write_deadline: invalid use of field "write_deadline": write_deadline should be converted to a duration`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, messages(judge(t, build(test.options))))
		})
	}
}

// The loader leaves a block at the first value of a wrong type, in random order.
func TestJudgeFindsAllMistakesEveryTime(t *testing.T) {
	t.Parallel()
	mistakes := func() tree.Block {
		return build(options{
			"port": true, "max_conections": int64(1), "jetstream": options{"domain": int64(1), "unique_tag": int64(1), "nonsense": true},
			"cluster": options{"port": "x", "routes": "x", "nam": "c", "compression": int64(1)},
		})
	}
	want := messages(judge(t, mistakes()))
	require.Len(t, want, 9)
	for range 20 {
		require.Equal(t, want, messages(judge(t, mistakes())))
	}
}

func TestJudgeDoesNotTakeConsequencesForMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options options
		want    []string
	}{
		"crash after a wrong type": {options{"authorization": options{"user": "u", "password": int64(1)}},
			[]string{"nats-server refuses authorization.password: it takes a string, not a whole number"}},
		"other account": {options{"accounts": options{
			"A": options{"exports": int64(1)},
			"B": options{"imports": []any{build(options{"stream": options{"account": "A", "subject": "x"}})}},
		}}, []string{"nats-server refuses accounts.A.exports: Exports should be an array, got a whole number"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, messages(judge(t, build(test.options))))
		})
	}
}

// The server names a header of the block that it refuses.
func TestProblemPointsIntoBlocks(t *testing.T) {
	t.Parallel()
	headers := options{"X-A": "b", "Host": "a"}
	problems := judge(t, build(options{"websocket": options{"port": int64(8080), "no_tls": true, "headers": headers}}))
	require.Len(t, problems, 1)
	require.Equal(t, []string{"websocket", "headers", "Host"}, problems[0].From())
}

func TestJudgeLeavesOut(t *testing.T) {
	t.Parallel()
	root := build(options{
		"server_name":   "a",
		"authorization": options{"users": []any{build(options{"nkey": "only the cluster knows"})}},
		"max_payload":   int64(2), "max_pending": int64(1),
	})
	users := root["authorization"].Value.(tree.Block)["users"].Value.(tree.List)
	nkey := users[0].Value.(tree.Block)["nkey"]
	require.Len(t, judge(t, root, nkey), 1, "not even that the user has no name")
}

func TestProblemPointsAtItsField(t *testing.T) {
	t.Parallel()
	problems := judge(t, build(options{"cluster": options{"prot": int64(1), "name": true}}))
	slices.SortFunc(problems, func(a, b Problem) int { return cmp.Compare(a.option, b.option) })
	require.Len(t, problems, 2)
	require.Equal(t, []string{"cluster", "name"}, problems[0].From())
	require.Equal(t, []string{"cluster", "prot"}, problems[1].From())
	finding := problems[1].Finding()
	require.Equal(t, diag.Diagnostic{
		Rule: "nats-config", Severity: diag.Error,
		Message: "nats-server has no option cluster.prot; did you mean port?", Mend: "cluster: port: 6222, with your own value",
	}, finding)
	require.Equal(t, `"<< 8Mi >>", for the server takes no size in quotes`,
		judge(t, build(options{"max_payload": "8Mi"}))[0].Finding().Mend)
	require.Equal(t, diag.Warning, judge(t, build(options{"ping_interval": int64(5)}))[0].Finding().Severity)
}

func TestJudgeTouchesNothing(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	goroutines := runtime.NumGoroutine()
	for range 50 {
		require.Empty(t, judge(t, build(options{
			"server_name": "a", "port": int64(-1), "http_port": int64(-1), "prof_port": int64(-1),
			"pid_file": "nats.pid", "log_file": "nats.log", "ports_file_dir": ".",
			"cluster":   options{"name": "c", "port": int64(-1), "routes": []any{"nats://127.0.0.1:1"}},
			"leafnodes": options{"port": int64(-1)}, "mqtt": options{"port": int64(-1)},
			"jetstream": options{"store_dir": "js"},
		})))
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), goroutines)
	require.NoFileExists(t, "nats.pid")
	require.NoFileExists(t, "nats.log")
	require.NoDirExists(t, "js")
}

// judge is Judge where it can do its work.
func judge(t testing.TB, root tree.Block, leaveOut ...*tree.Node) []Problem {
	t.Helper()
	problems, err := Judge(root, leaveOut...)
	require.NoError(t, err)
	return problems
}

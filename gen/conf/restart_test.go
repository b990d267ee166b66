package conf

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/conf/internal/reload"
	"github.com/natsyard/natsyard/gen/intent"
)

// edits are changes of the production intent. Each stands for what a team does to it.
var edits = map[string]struct {
	edit string
	hash bool // the hash changes
	// early: the server would have taken the change over all the same
	early bool
}{
	"nothing":                {`{}`, false, false},
	"larger messages":        {`{limits: maxPayload: "4Mi"}`, false, false},
	"more connections":       {`{limits: maxConnections: 10}`, false, false},
	"control line":           {`{limits: maxControlLine: "8Ki"}`, false, false},
	"pings":                  {`{limits: {pingInterval: "1m", pingMax: 5}}`, false, false},
	"write deadline":         {`{limits: writeDeadline: "3s"}`, false, false},
	"fast producers":         {`{limits: noFastProducerStall: true}`, false, false},
	"logging":                {`{logging: {debug: true, traceVerbose: true, logtimeUTC: true, maxTracedMsgLen: 5}}`, false, false},
	"error reports":          {`{logging: {connectErrorReports: 3, reconnectErrorReports: 4}}`, false, false},
	"tags and metadata":      {`{serverTags: ["a"], serverMetadata: a: "b"}`, false, false},
	"one server more":        {`{cluster: replicas: 4}`, false, false},
	"route elsewhere":        {`{cluster: routes: ["nats://elsewhere:6222"]}`, false, false},
	"fully qualified routes": {`{cluster: routeURLs: useFQDN: true}`, false, false},
	"pool and compression":   {`{cluster: {poolSize: 5, compression: "s2_best"}}`, false, false},
	"advertise":              {`{cluster: noAdvertise: false}`, false, false},
	"route pings":            {`{cluster: {pingInterval: "10s", pingMax: 3, writeDeadline: "9s", connectRetries: 3, connectBackoff: true}}`, false, false},
	"users":                  {`{extraConfig: authorization: users: [{user: "a", password: "b"}]}`, false, false},
	"accounts":               {`{extraConfig: accounts: A: users: [{user: "c", password: "d"}]}`, false, false},
	"JetStream limits":       {`{extraConfig: jetstream: limits: max_ack_pending: 9}`, false, false},
	"a log file":             {`{extraConfig: log_file: "nats.log"}`, false, false},

	"client port":         {`{nats: port: 4333}`, true, false},
	"monitoring port":     {`{monitor: port: 8333}`, true, false},
	"no monitoring":       {`{monitor: enabled: false}`, true, false},
	"profiling":           {`{profiling: {}}`, true, false},
	"route port":          {`{cluster: port: 6333}`, true, false},
	"lame duck":           {`{lameDuckDuration: "1m"}`, true, false},
	"lame duck grace":     {`{lameDuckGracePeriod: "5s"}`, true, false},
	"slow clients":        {`{limits: maxPending: "32Mi"}`, true, false},
	"subscriptions":       {`{limits: maxSubscriptions: 5}`, true, false},
	"subject tokens":      {`{limits: maxSubTokens: 5}`, true, false},
	"closed clients":      {`{limits: maxClosedClients: 5}`, true, false},
	"smaller memory":      {`{jetstream: memoryStore: maxSize: "1Gi"}`, true, false},
	"smaller disk":        {`{jetstream: fileStore: maxSize: "1Gi"}`, true, false},
	"another directory":   {`{jetstream: fileStore: dir: "/data/other"}`, true, false},
	"system account":      {`{extraConfig: {accounts: S: users: [{user: "s", password: "s"}], system_account: "S"}}`, true, false},
	"websocket":           {`{extraConfig: websocket: {port: 8080, no_tls: true}}`, true, false},
	"leaf nodes":          {`{extraConfig: leafnodes: port: 7422}`, true, false},
	"sync interval":       {`{extraConfig: jetstream: sync_interval: "1m"}`, true, false},
	"domain":              {`{extraConfig: jetstream: domain: "hub"}`, true, false},
	"larger memory":       {`{jetstream: memoryStore: maxSize: "3Gi"}`, true, true},
	"larger disk":         {`{jetstream: fileStore: maxSize: "9Gi"}`, true, true},
	"default written out": {`{limits: maxPending: "64Mi"}`, true, true},
	"in other words":      {`{lameDuckDuration: "0.5m"}`, true, true},
	"JetStream off":       {`{jetstream: enabled: false}`, true, true},
}

// The pods roll exactly when the server itself, asked to reload, refuses.
func TestRestartHashIsTheServersOwnWord(t *testing.T) {
	t.Chdir(t.TempDir()) // for the stores of the servers that are asked
	before := edited(t, `{}`)
	for name, test := range edits {
		t.Run(name, func(t *testing.T) {
			after := edited(t, test.edit)
			refusal := reload.Accepts(runnable(t, before), runnable(t, after))
			was, is := hash(t, before), hash(t, after)
			require.Equal(t, test.hash, was != is)
			require.Equal(t, test.hash && !test.early, refusal != nil, "%v", refusal)
		})
	}
}

// The server takes all over at once that it takes over one by one.
func TestRestartHashOfManyEdits(t *testing.T) {
	t.Chdir(t.TempDir())
	source, before := `{}`, edited(t, `{}`)
	for _, name := range slices.Sorted(maps.Keys(edits)) {
		if edits[name].hash {
			continue
		}
		source = overlaid(t, source, edits[name].edit)
		after := edited(t, source)
		require.Equal(t, hash(t, before), hash(t, after), name)
		require.NoError(t, reload.Accepts(runnable(t, before), runnable(t, after)), name)
		require.NoError(t, reload.Accepts(runnable(t, after), runnable(t, edited(t, `{}`))), name)
		before = after
	}
}

// edited is the production intent with an edit laid over it.
func edited(t testing.TB, edit string) *intent.Intent {
	return newIntent(t, overlaid(t, `{
		cluster: replicas: 3
		jetstream: {memoryStore: maxSize: "2Gi", fileStore: maxSize: "8Gi"}
	}`, edit))
}

// runnable is the text of the first pod's configuration, with stores that fit into a test.
func runnable(t testing.TB, in *intent.Intent) string {
	c, found := Build(in)
	require.Empty(t, found)
	require.Empty(t, checked(t, c, in, Pods(in)))
	text := strings.NewReplacer("$SERVER_NAME", "nats-0", "Gi\n", "Mi\n", `"/data`, `"data`).Replace(string(c.Text()))
	return text
}

func hash(t testing.TB, in *intent.Intent) string {
	c, found := Build(in)
	require.Empty(t, found)
	return c.RestartHash()
}

func TestRestartHashWithoutReloader(t *testing.T) {
	t.Parallel()
	const off = `reloader: enabled: false`
	require.Equal(t, hash(t, edited(t, `{`+off+`}`)), hash(t, edited(t, `{`+off+`}`)))
	require.NotEqual(t, hash(t, edited(t, `{`+off+`}`)), hash(t, edited(t, `{`+off+`, limits: maxPayload: "4Mi"}`)))
}

func TestRestartHashKnowsSpellings(t *testing.T) {
	t.Parallel()
	same := []string{
		`{extraConfig: max_pending: "<< 32Mi >>"}`, `{extraConfig: MAX_PENDING: "<< 32768Ki >>"}`,
		`{extraConfig: Max_pending: 33554432}`, `{limits: maxPending: "32Mi"}`,
	}
	for _, edit := range same {
		require.Equal(t, hash(t, edited(t, same[0])), hash(t, edited(t, edit)), edit)
	}
	require.NotEqual(t, hash(t, edited(t, same[0])), hash(t, edited(t, `{limits: maxPending: "32M"}`)))
	require.NotEqual(t, hash(t, edited(t, `{}`)), hash(t, edited(t, `{extraConfig: mqtt: {}}`)), "an empty block counts")
	require.Equal(t, hash(t, edited(t, `{extraConfig: max_subs: 5}`)), hash(t, edited(t, `{extraConfig: max_subscriptions: 5}`)))
}

func TestRestartHashIsStable(t *testing.T) {
	t.Parallel()
	require.Regexp(t, "^[0-9a-f]{16}$", hash(t, edited(t, `{}`)))
	for range 20 {
		require.Equal(t, hash(t, edited(t, `{}`)), hash(t, edited(t, `{}`)))
	}
}

package intent_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every mistake is one finding at the user's own place. The intent begins on line 5.
// A finding does not repeat what may be a secret, and shows how to name one.
func TestSecretsAreNotRepeated(t *testing.T) {
	t.Parallel()
	for prod, want := range map[string]string{
		`accounts: A: users: bob: password: "hush"`:               `accounts.A.users.bob.password cannot be this; accounts: A: users: bob: password: {secretName: "nats-auth", key: "bob"}`,
		`authorization: users: [{user: "bob", password: "hush"}]`: `authorization.users cannot be this; authorization: users: bob: password: {secretName: "nats-auth", key: "bob"}`,
		`authorization: token: "hush"`:                            `authorization.token cannot be this; authorization: token: {secretName: "nats-auth", key: "token"}`,
		`jetstream: encryptionKey: "hush"`:                        `jetstream.encryptionKey cannot be this; jetstream: encryptionKey: {secretName: "nats-auth", key: "encryptionKey"}`,
		`env: APP_TOKEN: ["hush"]`:                                `env.APP_TOKEN cannot be this; env: APP_TOKEN: valueFrom: secretKeyRef: {name: "nats-auth", key: "app_token"}`,
		`serverMetadata: seed: 5`:                                 `serverMetadata.seed cannot be 5; serverMetadata: seed: "5"`,
	} {
		_, found := load(t, repo("intent: base.intent & {"+prod+"}\n", nil), "prod")
		require.Len(t, found, 1, prod)
		require.Equal(t, want, found[0].Message+"; "+found[0].Mend)
		require.Equal(t, strings.Contains(want, "cannot be this"), found[0].Secret, prod)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	const at = "overlays/prod/intent.cue:"
	for name, c := range map[string]struct {
		prod string
		want []string
	}{
		"misspelt":                    {`cluster: replica: 3`, []string{at + "5:33 unknown-field: cluster has no field replica; did you mean replicas?"}},
		"misspelt with a body":        {`globl: image: registry: "r"`, []string{at + "5:24 unknown-field: intent has no field globl; did you mean global?"}},
		"several":                     {`limits: maxPaylod: 5, clster: 3, nats: port: 0`, []string{at + "5:32 unknown-field: limits has no field maxPaylod; did you mean maxPayload?", at + "5:46 unknown-field: intent has no field clster; did you mean cluster?", at + "5:69 value-not-allowed: nats.port cannot be 0"}},
		"below a list":                {`tolerations: [{key: "a", op: "b"}]`, []string{at + "5:49 unknown-field: tolerations.0 has no field op"}},
		"Kubernetes' own":             {`affinity: podAntiAffinty: {}`, []string{at + "5:34 unknown-field: affinity has no field podAntiAffinty; did you mean podAntiAffinity?"}},
		"Kubernetes' own type":        {`affinity: nodeAffinity: 3`, []string{at + "5:48 value-not-allowed: affinity.nodeAffinity cannot be 3"}},
		"Kubernetes' own below keys":  {`extraInitContainers: {a: {image: "a", volumeMounts: []}, b: {image: "b", volumeMounts: {}}}`, []string{at + "5:97 value-not-allowed: extraInitContainers.b.volumeMounts cannot be {}"}},
		"Kubernetes' own below lists": {`extraContainers: b: {image: "b", args: ["a", 3]}`, []string{at + "5:69 value-not-allowed: extraContainers.b.args.1 cannot be 3"}},
		"out of range":                {`nats: port: 99999`, []string{at + "5:36 value-not-allowed: nats.port cannot be 99999"}},
		"wrong type":                  {`nats: port: "4222"`, []string{at + `5:36 value-not-allowed: nats.port cannot be "4222"`}},
		"a struct's place":            {`cluster: 5`, []string{at + "5:33 value-not-allowed: cluster cannot be 5"}},
		"not one of a choice":         {`cluster: compression: "gzip"`, []string{at + `5:46 value-not-allowed: cluster.compression cannot be "gzip"`}},
		"not of a form":               {`jetstream: memoryStore: maxSize: "1.5Gi"`, []string{at + `5:57 value-not-allowed: jetstream.memoryStore.maxSize cannot be "1.5Gi"`}},
		"in a list":                   {`jetstream: fileStore: pvc: accessModes: ["ReadMany"]`, []string{at + `5:65 value-not-allowed: jetstream.fileStore.pvc.accessModes.0 cannot be "ReadMany"`}},
		"key of a map":                {`env: "X-Y": "5"`, []string{at + `5:29 key-not-allowed: "X-Y" cannot be a key of env`}},
		"choice of kinds":             {`env: X: 5`, []string{at + "5:32 value-not-allowed: env.X cannot be 5"}},
		"inside a choice of kinds":    {`env: X: valueFrom: secretRef: name: "a"`, []string{at + "5:43 unknown-field: env.X.valueFrom has no field secretRef; did you mean secretKeyRef?"}},
		"a list in a map's place":     {`env: [{name: "A", value: "b"}]`, []string{at + "5:29 value-not-allowed: env cannot be [{name: \"A\", value: \"b\"}]"}},
		"through a hidden field":      {`nats: _l}, _l: {port: 70000`, []string{at + "5:46 value-not-allowed: nats.port cannot be 70000"}},
		"misspelt resource":           {`resources: requests: memroy: "1Gi"`, []string{at + "5:45 unknown-field: resources.requests has no field memroy; did you mean memory?"}},
		"Kubernetes' own, by name": {`extraVolumes: {a: emptyDir: medium: 5, b: emptyDir: sizeLimit: "much"}, extraContainers: c: {image: "i", ports: [{containerPort: 1}, {containerPort: "2"}]}`, []string{
			at + "5:60 value-not-allowed: extraVolumes.a.emptyDir.medium cannot be 5",
			at + "5:87 value-not-allowed: extraVolumes.b.emptyDir.sizeLimit cannot be \"much\"",
			at + "5:173 value-not-allowed: extraContainers.c.ports.1.containerPort cannot be \"2\"",
		}},
		"too large a number":          {`limits: maxConnections: 100000000000000000000`, []string{at + "5:48 value-not-allowed: limits.maxConnections cannot be 100000000000000000000"}},
		"one kind after the other":    {`env: {A: valueFrom: secretKeyRef: name: "a"}, nats: port: "x", affinity: podAntiAffinty: {}`, []string{at + "5:44 field-missing: env.A.valueFrom.secretKeyRef lacks key", at + "5:82 value-not-allowed: nats.port cannot be \"x\"", at + "5:97 unknown-field: affinity has no field podAntiAffinty; did you mean podAntiAffinity?"}},
		"required":                    {`env: X: valueFrom: secretKeyRef: name: "a"`, []string{at + "5:43 field-missing: env.X.valueFrom.secretKeyRef lacks key"}},
		"only a type":                 {`cluster: name: string`, []string{at + "5:39 value-missing: cluster.name has no value, only a type"}},
		"a second default":            {`cluster: replicas: *3 | int`, []string{at + "5:43 value-missing: cluster.replicas is given a second default, beside the language's own 1"}},
		"unknown reference":           {`cluster: name: nme`, []string{at + `5:39 reference-unknown: nme is text, and text stands in quotes`}},
		"two values":                  {`cluster: replicas: 3} & {cluster: replicas: 5`, []string{at + "5:43 value-contradiction: cluster.replicas is given two values, 5 and 3"}},
		"syntax":                      {`cluster: replicas: 3 3`, []string{at + "5:45 syntax: the value ends before \"3\""}},
		"a struct in a value's place": {`nats: port: {a: 1}`, []string{at + "5:30 value-not-allowed: nats.port cannot be {a: 1}"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, found := load(t, repo("intent: base.intent & {"+c.prod+"}\n", nil), "prod")
			requireBroken(t, in)
			require.Equal(t, c.want, lines(found))
		})
	}
}

// What is wrong with a file as a whole, or with the packages that it imports.
func TestWholeFiles(t *testing.T) {
	t.Parallel()
	const prod = "overlays/prod/intent.cue"
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"no module":        {map[string]string{"cue.mod/module.cue": ""}, []string{"cue.mod/module.cue file-missing: there is no cue.mod/module.cue: this is not the root of a natsyard repository"}},
		"nameless module":  {map[string]string{"cue.mod/module.cue": "language: version: \"v0.17.0\"\n"}, []string{"cue.mod/module.cue module-missing: the CUE module has no name"}},
		"no base":          {map[string]string{"base/intent.cue": ""}, []string{"base file-missing: there is no base: base/intent.cue is missing"}},
		"empty":            {map[string]string{prod: " \n"}, []string{prod + ":1:1 file-empty: this file is empty"}},
		"not UTF-8":        {map[string]string{prod: "package prod\n// \xff\n"}, []string{prod + ":2:4 file-encoding: this file is not UTF-8 text"}},
		"not CUE":          {map[string]string{prod: "replicas = 3\n"}, []string{prod + ":1:1 package-missing: this file belongs to no package", prod + ":1:10 syntax: a field and its value are joined by a colon, not by ="}},
		"no package":       {map[string]string{prod: "intent: {}\n"}, []string{prod + ":1:1 package-missing: this file belongs to no package"}},
		"two packages":     {map[string]string{"overlays/prod/more.cue": "package other\n"}, []string{"overlays/prod/more.cue:1:1 package-mixed: this file is of package other, the others in overlays/prod of package prod"}},
		"no intent":        {map[string]string{prod: "package prod\n\nitent: 3\n"}, []string{prod + ":3:1 intent-missing: this file says nothing: its field is itent, not intent"}},
		"no intent at all": {map[string]string{prod: "package prod\n\nreplicas: 3\n"}, []string{prod + ":1:1 intent-missing: this file says nothing: it has no field `intent`"}},
		"intent or not":    {map[string]string{prod: "package prod\n\nintent?: {}\n"}, []string{prod + ":3:1 intent-missing: this file says nothing: its field is intent?, not intent"}},
		"untyped":          {map[string]string{prod: "package prod\n\nintent: clster: 3\n"}, []string{prod + ":3:1 intent-untyped: intent is not of the language, so that nothing in it is checked"}},
		"opened": {map[string]string{prod: prodHead + "intent: {base.intent, clster: replicas: 3}\n"},
			[]string{prod + ":5:23 unknown-field: intent has no field clster; did you mean cluster?"}},
		"unused base": {map[string]string{prod: prodHead + "intent: {}\n"}, []string{prod + ":3:8 unused: \"example.com/nats/base\" is imported and not used"}},
		"unknown import": {map[string]string{prod: "package prod\n\nimport \"example.org/x\"\n\nintent: x.y\n"},
			[]string{prod + ":3:8 import-unknown: there is no package example.org/x: not of this module, example.com/nats, and not in cue.mod/pkg/example.org/x"}},
		"import cycle": {map[string]string{"base/intent.cue": "package base\n\nimport \"example.com/nats/base\"\n\nintent: base.intent\n"},
			[]string{"base/intent.cue:3:8 import-unknown: example.com/nats/base imports itself here, through its own imports"}},
		"closed by the user": {map[string]string{prod: prodHead + "#c: nats: port: 5\nintent: base.intent & {#c}\n"},
			[]string{prod + ":6:9 value-closed: intent is unified with a closed value, which lacks fields of the language"}},
		"null": {map[string]string{prod: "package prod\n\nintent: null\n"}, []string{prod + ":3:9 intent-untyped: intent is null, not fields in { }"}},
		"structural cycle": {map[string]string{prod: prodHead + "x: y: x\nintent: base.intent & {extraConfig: x}\n"},
			[]string{prod + ":6:1 cue: a structure is made of itself here, without end"}},
		"base and environment": {map[string]string{"base/intent.cue": baseFile + "}", prod: prodHead + "intent: base.intent & {clster: 3}\n"},
			[]string{"base/intent.cue:8:1 syntax: this } closes nothing", prod + ":5:24 unknown-field: intent has no field clster; did you mean cluster?"}},
		"base and a reference into it": {map[string]string{"base/intent.cue": baseFile + "}", prod: prodHead + "intent: base.common & {clster: 3}\n"},
			[]string{"base/intent.cue:8:1 syntax: this } closes nothing", prod + ":5:14 reference-unknown: base has no common", prod + ":5:24 unknown-field: intent has no field clster; did you mean cluster?"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, found := load(t, repo("intent: base.intent\n", c.files), "prod")
			requireBroken(t, in)
			require.Equal(t, c.want, lines(found))
		})
	}
}

func TestHintsAndPlaces(t *testing.T) {
	t.Parallel()
	_, found := load(t, repo("intent: base.intent & {\n\tcluster: replica: 3\n\tnats: port: 0\n\tpodAntiAffinityPreset: \"med\"\n}\n", nil), "prod")
	require.Len(t, found, 3)
	require.Equal(t, `cluster: replicas: 3`, found[0].Mend)
	require.Equal(t, "a TCP port, 1 to 65535", found[1].Allowed)
	require.Equal(t, 1, found[1].Span.Length)
	require.Equal(t, `"hard", "soft" or ""`, found[2].Allowed)

	_, found = load(t, repo("intent: base.intent & {limits: maxPayload: 1048576, jetstream: fileStore: pvc: size: 10Gi}\n", nil), "prod")
	require.Len(t, found, 2)
	require.Equal(t, `limits: maxPayload: "1048576"`, found[0].Mend)
	require.Equal(t, `jetstream: fileStore: pvc: size: "10Gi"`, found[1].Mend)

	_, found = load(t, repo("intent: base.intent & {cluster: replicas: 3} & {cluster: replicas: 5}\n", nil), "prod")
	require.Len(t, found, 1)
	require.Equal(t, "overlays/prod/intent.cue:5:68", found[0].Related[0].Span.String())
}

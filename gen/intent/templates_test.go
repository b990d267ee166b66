package intent_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Texts for Helm or a shell to fill in; and those that are right.
func TestTemplates(t *testing.T) {
	t.Parallel()
	for prod, want := range map[string]string{
		`serverNamePrefix: "{{ .Values.region }}-"`:        `5:42 template-in-text: {{ .Values.region }} stands in this text, and nothing replaces it`,
		`serverMetadata: region: "{{- $region -}}"`:        `5:48 template-in-text: {{- $region -}} stands in this text, and nothing replaces it`,
		`name: "{{ include \"nats.fullname\" . }}"`:        `5:30 template-in-text: {{ include \"nats.fullname\" . }} stands in this text, and nothing replaces it`,
		`namespace: "nats-${ENV}"`:                         `5:35 template-in-text: ${ENV} stands in this text, and nothing replaces it`,
		`namespace: "nats-${ENV:-dev}"`:                    `5:35 template-in-text: ${ENV:-dev} stands in this text, and nothing replaces it`,
		`env: HOST: "${POD_IP}"`:                           `5:35 template-in-text: ${POD_IP} stands in this text, and nothing replaces it`,
		`extraConfig: server_tags: ["${ZONE}"]`:            `5:51 template-in-text: ${ZONE} stands in this text, and nothing replaces it`,
		`cluster: name: "\(_x)-${ENV}", _x: "a"`:           `5:39 template-in-text: ${ENV} stands in this text, and nothing replaces it`,
		`serverTags: ["a", "zone:${ZONE}"]`:                `5:42 template-in-text: ${ZONE} stands in this text, and nothing replaces it`,
		`extraConfig: x: "<< $NAME >>"`:                    "",
		`env: A: "$(POD_NAME).nats"`:                       "",
		`mappings: "a.*": "b.{{wildcard(1)}}"`:             "",
		`mappings: "a.*": "b.{{partition(3,1)}}"`:          "",
		`extraContainers: c: {image: "i", args: ["${A}"]}`: "",
		`podTemplate: annotations: "vault.hashicorp.com/agent-inject-template-a": "{{- with secret \"a\" -}}{{ .Data.b }}{{- end }}"`:                     "",
		`websocket: ingress: annotations: "nginx.ingress.kubernetes.io/rewrite-target": "/${1}"`:                                                          "5:35 field-missing: websocket.ingress lacks hosts",
		`authorization: users: a: {password: "$2a$11$W2zko751KUvVy59mUTWmpOdWjpEm5qhcCZRd05GjI/sSOT.xtiHyG", permissions: publish: allow: ["$JS.API.>"]}`: "",
	} {
		in, found := load(t, repo("intent: base.intent & {"+prod+"}\n", nil), "prod")
		if want == "" {
			require.Empty(t, found, prod)
			require.Empty(t, in.Broken)
			continue
		}
		require.Equal(t, []string{at + want}, lines(found), prod)
		requireBroken(t, in)
	}
}

func TestMendsOfTemplates(t *testing.T) {
	t.Parallel()
	for prod, want := range map[string]string{
		`serverNamePrefix: "{{ .Values.region }}-"`: `serverNamePrefix: "\(_region)-", and _region: "..." beside intent; or the value itself`,
		`cluster: name: "${ENV:-dev}"`:              `cluster: name: _ENV, and _ENV: "..." beside intent; or the value itself`,
		`cluster: name: "{{ .Values.x }}\t"`:        `the value itself`,
	} {
		_, found := load(t, repo("intent: base.intent & {"+prod+"}\n", nil), "prod")
		require.Len(t, found, 1, prod)
		require.Equal(t, want, found[0].Mend)
	}
}

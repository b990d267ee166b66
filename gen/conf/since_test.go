package conf

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// An option that the server in the image does not know is found wherever it stands, and once.
func TestTooNew(t *testing.T) {
	t.Parallel()
	const newer = `serverMetadata: a: "b", jetstream: {fileStore: {}, strict: true}, accounts: proxies: users: {
		u: {proxyRequired: true, password: {secretName: "a", key: "u"}}, v: {proxyRequired: true, password: {secretName: "a", key: "v"}}
	}`
	metadata := "image-option serverMetadata: server_metadata needs nats-server 2.12, and the image runs "
	for name, test := range map[string]struct {
		source string
		want   []string
	}{
		"the image of this natsyard": {`{` + newer + `}`, nil},
		"an older one": {`{image: tag: "2.10.27-alpine", ` + newer + `}`, []string{
			"image-option accounts.proxies.users.u.proxyRequired: accounts.users.proxy_required needs nats-server 2.12, and the image runs 2.10.27-alpine",
			"image-option jetstream.strict: jetstream.strict needs nats-server 2.11, and the image runs 2.10.27-alpine",
			metadata + "2.10.27-alpine",
		}},
		"one that knows some": {`{image: tag: "2.11.0", serverMetadata: a: "b", jetstream: {fileStore: {}, strict: true}}`, []string{metadata + "2.11.0"}},
		"a whole name":        {`{image: fullImageName: "registry.example.com:5000/nats:2.10", serverMetadata: a: "b"}`, []string{metadata + "2.10"}},
		"another spelling":    {`{image: tag: "2.10.1", extraConfig: Server_Metadata: a: "b"}`, []string{"image-option extraConfig.Server_Metadata: server_metadata needs nats-server 2.12, and the image runs 2.10.1"}},
		"a list":              {`{image: tag: "2.11.1", leafnodes: remotes: a: {urls: ["nats://a:1"], disabled: true}}`, []string{"image-option leafnodes.remotes.a.disabled: leafnodes.remotes.disabled needs nats-server 2.12, and the image runs 2.11.1"}},
		"no version":          {`{image: tag: "team-7", serverMetadata: a: "b"}`, nil},
		"another server":      {`{image: tag: "1.4.0", serverMetadata: a: "b"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, d := range proven(t, test.source) {
				got = append(got, d.Rule+" "+d.Path+": "+d.Message)
			}
			require.ElementsMatch(t, test.want, got)
		})
	}
}

package intent_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestImageVersion(t *testing.T) {
	t.Parallel()
	for image, want := range map[string][3]string{ // the tag, its field, the version
		`image: tag: "2.10.27-alpine"`:                               {"2.10.27-alpine", "tag", "2.10.27"},
		`image: tag: "latest"`:                                       {"latest", "tag", ""},
		`image: fullImageName: "nats:2.12"`:                          {"2.12", "fullImageName", "2.12"},
		`image: fullImageName: "registry.example.com:5000/nats"`:     {"", "fullImageName", ""},
		`image: fullImageName: "nats:v2.9.25@sha256:` + digest + `"`: {"v2.9.25", "fullImageName", "2.9.25"},
		`image: fullImageName: "nats@sha256:` + digest + `"`:         {"", "fullImageName", ""},
		`image: {tag: "2.14.9", digest: "sha256:` + digest + `"}`:    {"2.14.9", "tag", "2.14.9"},
	} {
		in := mustLoad(t, "intent: base.intent & {"+image+"}\n")
		tag, path := in.ImageTag()
		version := ""
		if v := in.ImageVersion(); v != nil {
			version = v.String()
		}
		require.Equal(t, want, [3]string{tag, path[1], version}, image)
	}
}

const digest = "5b3e8f4a1c9d27600f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978"

package source

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"
)

// The loader itself knows every option where the table has it, and nothing beside it.
func TestTheLoaderKnowsEveryOption(t *testing.T) {
	t.Parallel()
	// Blocks in which the loader takes what it wants and leaves the rest, and one that it refuses as a whole.
	unchecked := []string{"resolver", "accounts.exports.latency", "leaf.remotes.jetstream_cluster_migrate", "leaf.remotes.proxy.tls.ocsp_peer"}
	options, err := Options()
	require.NoError(t, err)
	blocks := map[string][]string{}
	for _, o := range options {
		block := strings.Join(o.Block, ".")
		if slices.Contains(unchecked, block) {
			continue
		}
		blocks[block] = o.Block
		for _, name := range o.Names {
			require.Contains(t, complains(o.Block, name), false, "%s.%s", block, name)
		}
	}
	for path, block := range blocks {
		require.Contains(t, complains(block, "nonsense"), true, path)
	}
}

var complaint = regexp.MustCompile(`(?i)unknown field|unsupported field|"nonsense" is not supported`)

// complains tells of each of two values of an option whether the loader says that it does not know
// the option. OCSP's parsers say the same of a value that they do not like.
func complains(block []string, name string) (each []bool) {
	for _, value := range []string{`"none"`, "true"} {
		o := &server.Options{NoLog: true, NoSigs: true}
		err := o.ProcessConfigString(configuration(block, name+": "+value))
		each = append(each, err != nil && complaint.MatchString(err.Error()))
	}
	return each
}

// configuration is one with a line in a block.
func configuration(block []string, line string) string {
	lists := []string{"certs", "exports", "gateways", "imports", "remotes", "trusted", "users"}
	for _, name := range slices.Backward(block) {
		switch {
		case name == "accounts":
			line = "accounts { A {\n" + line + "\n} }"
		case name == "mappings":
			line = "mappings { a: [ {\n" + line + "\n} ] }"
		case slices.Contains(lists, name):
			line = name + ": [ {\n" + line + "\n} ]"
		default:
			line = name + " {\n" + line + "\n}"
		}
	}
	return line + "\n"
}

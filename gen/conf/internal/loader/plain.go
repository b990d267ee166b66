package loader

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/conf/internal/tree"
)

var (
	// conversion is what Go says when the loader expects another type of value.
	conversion = regexp.MustCompile(`^interface conversion: \S+(?: \{\})? is (.+), not (.+)$`)
	// notNumber is what Go says of text that is no number.
	notNumber = regexp.MustCompile(`strconv\.\w+: parsing (".*"): .*$`)
	// printed is a list or block as the loader prints it: with addresses, or Go's complaint.
	printed = regexp.MustCompile(`(?:, got '?)?(map)?\[[^\[\]]*(?:0x[0-9a-f]+|%!)[^\[\]]*\]'?`)
	// plainType is a Go type that is also a word, behind a verb with which the loader means the type.
	plainType = regexp.MustCompile(`\b(got|type) (string|bool)\b`)
)

// known are sentences of the server that say little to who does not know its source.
var known = []struct {
	reason *regexp.Regexp
	says   string
}{
	{regexp.MustCompile(`^Error adding (stream|service) import (".*"): import forms a cycle$`), "the import of $2 leads back to its own account, by way of the exports of others"},
	{regexp.MustCompile(`^Error adding mapping for (".*") to (".*") : invalid mapping destination: wildcard index out of range(.*)$`), "the destination $2 asks for a wildcard that $1 does not have$3"},
	{regexp.MustCompile(`^Error adding ([a-z ]+?) (".*?")(?: to (".*?"))? ?: `), "the $1 $2 is refused: "},
}

// kinds are Go's words for the kinds of values, and ours.
var (
	kinds = strings.NewReplacer(
		"map[string]interface {}", "a block",
		"[]interface {}", "a list",
		"[]string", "a list of strings",
		"time.Duration", "a duration",
		"time.Time", "a time",
		"*conf.token", "another value",
		"float64", "a number",
		"int64", "a whole number",
	)
	allKinds = strings.NewReplacer("string", "a string", "bool", "true or false")
)

// plain is an error of the server in words that need no Go.
func plain(reason string) string {
	reason = strings.TrimRight(strings.TrimSpace(reason), ".")
	if m := conversion.FindStringSubmatch(reason); m != nil {
		return "it takes " + word(m[2]) + ", not " + word(m[1])
	}
	for _, w := range known {
		reason = w.reason.ReplaceAllString(reason, w.says)
	}
	reason = notNumber.ReplaceAllString(reason, "$1 is not a number that it takes")
	reason = strings.ReplaceAll(reason, "time: ", "")
	reason = printed.ReplaceAllString(reason, "")
	reason = kinds.Replace(reason)
	return plainType.ReplaceAllStringFunc(reason, allKinds.Replace)
}

// word is ours for one of Go's types.
func word(goType string) string {
	if ours := kinds.Replace(goType); ours != goType {
		return ours
	}
	return allKinds.Replace(goType)
}

// kind is our word for a value that the server crashes on.
func kind(value any) string {
	switch v := value.(type) {
	case tree.Block:
		return "a block"
	case tree.List:
		return "a list"
	case string:
		return strconv.Quote(v)
	default:
		return fmt.Sprint(v)
	}
}

package loader

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/natsyard/natsyard/gen/conf/internal/option"
	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
)

// Problem is what the server has to say against a configuration.
type Problem struct {
	Rule    string     // "nats-config" for the loader, "nats-server" for what it makes of it all
	Node    *tree.Node // what it speaks of, nil where that is not known
	Warning bool

	option string // the node's place in nats-server.conf
	reason string
}

// From is the field of the intent that it comes from; nil where that is not known.
func (p Problem) From() []string {
	if p.Node == nil {
		return nil
	}
	return p.Node.From
}

// Finding says a problem in the user's words. Its place is still to be filled in.
func (p Problem) Finding() diag.Diagnostic {
	d := diag.Diagnostic{
		Rule:     p.Rule,
		Severity: diag.Error,
		Message:  fmt.Sprintf("nats-server refuses %s: %s", p.subject(), plain(p.reason)),
	}
	if p.Warning {
		d.Severity = diag.Warning
		d.Message = fmt.Sprintf("nats-server warns of %s: %s", p.subject(), plain(p.reason))
	}
	if unknownField.MatchString(p.reason) {
		d.Message = "nats-server has no option " + p.option
		d.Mend = p.didYouMean()
	}
	if size, ok := p.size(); ok {
		d.Mend = fmt.Sprintf(`"<< %s >>", for the server takes no size in quotes`, size)
	}
	return d
}

func (p Problem) subject() string {
	if p.option == "" {
		return "the configuration"
	}
	return p.option
}

var unknownField = regexp.MustCompile(`unknown field ".*"$`)

// didYouMean looks for the option among those that may stand in the same block.
func (p Problem) didYouMean() string {
	path := strings.Split(p.option, ".")
	last := len(path) - 1
	near := option.Nearest(path[last], option.Beside(option.Canonical(path[:last]...)))
	if near == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", near)
}

// size is the text of a string that would have been one without its quotes.
func (p Problem) size() (string, bool) {
	if p.Node == nil {
		return "", false
	}
	text, ok := p.Node.Value.(string)
	value, err := tree.Raw(text).Literal()
	_, size := value.(tree.Raw)
	return text, ok && size && err == nil
}

var (
	// conversion is what Go says when the loader expects another type of value.
	conversion = regexp.MustCompile(`^interface conversion: \S+(?: \{\})? is (.+), not (.+)$`)
	// notNumber is what Go says of text that is no number.
	notNumber = regexp.MustCompile(`strconv\.\w+: parsing (".*"): .*$`)
	// goType is a Go type behind a verb with which the loader speaks of one.
	goType = regexp.MustCompile(`\b(got|type) (map\[string\]interface \{\}|\[\]interface \{\}|\[\]string|time\.Time|\*conf\.token|float64|int64|string|bool)`)
)

// words are Go's words for the kinds of values, and ours.
var words = strings.NewReplacer(
	"map[string]interface {}", "a block",
	"[]interface {}", "a list",
	"[]string", "a list of strings",
	"time.Time", "a time",
	"*conf.token", "another value",
	"float64", "a number",
	"int64", "a whole number",
	"string", "a string",
	"bool", "true or false",
)

// plain is an error of the server in words that need no Go.
func plain(reason string) string {
	reason = strings.TrimRight(strings.TrimSpace(reason), ".")
	if m := conversion.FindStringSubmatch(reason); m != nil {
		return "it takes " + words.Replace(m[2]) + ", not " + words.Replace(m[1])
	}
	if strings.HasPrefix(reason, "runtime error:") {
		return "its loader crashes on it"
	}
	reason = notNumber.ReplaceAllString(reason, "$1 is not a number that it takes")
	reason = strings.ReplaceAll(reason, "time: ", "")
	return goType.ReplaceAllStringFunc(reason, func(s string) string {
		verb, kind, _ := strings.Cut(s, " ")
		return verb + " " + words.Replace(kind)
	})
}

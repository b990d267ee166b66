package loader

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/natsyard/natsyard/gen/conf/internal/option"
	"github.com/natsyard/natsyard/gen/conf/internal/tree"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
	natsoptions "github.com/natsyard/natsyard/gen/options"
)

// Names of the rules.
const (
	RuleConfig  = "nats-config"         // what the loader refuses
	RuleWarning = "nats-config-warning" // what it takes, with a warning
	RuleServer  = "nats-server"         // what the server makes of it all
)

// Problem is what the server has to say against a configuration.
type Problem struct {
	Rule    string
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
		Message:  fmt.Sprintf("nats-server refuses %s: %s", p.subject(), p.because()),
	}
	if p.Warning {
		d.Rule, d.Severity = RuleWarning, diag.Warning
		d.Message = fmt.Sprintf("nats-server warns of %s: %s", p.subject(), p.because())
	}
	if unknownField.MatchString(p.reason) {
		d.Message = "nats-server has no option " + p.option
		if near := p.didYouMean(); near != "" {
			d.Message += "; did you mean " + near + "?"
			d.Mend = near + ", in its place"
			path := append(strings.Split(p.option, ".")[:strings.Count(p.option, ".")], near)
			if usual := usual(path); usual != "" {
				d.Mend = usual + ", with your own value"
			} else if o, ok := natsoptions.Find(path...); ok {
				if fields := language.Setters(o); len(fields) > 0 && !strings.ContainsAny(fields[0].Path, "<[") {
					d.Mend = "the field " + fields[0].Path + ", which sets it"
				}
			}
		}
	}
	if d.Mend == "" && !p.Warning {
		d.Mend = p.usual()
	}
	if m := badSubject.FindStringSubmatch(p.because()); m != nil {
		d.Allowed = "tokens without spaces between single dots; * in the place of one of them, > in that of all at the end"
		if meant := subjectMeant(m[1]); meant != "" && meant != m[1] {
			d.Mend = fmt.Sprintf("%q", meant)
		}
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

func (p Problem) because() string {
	if !p.isCrash() {
		return plain(p.reason)
	}
	if _, isBlock := p.Node.Block(); isBlock || p.Node == nil {
		return "its loader crashes on it"
	}
	return "it cannot be " + kind(p.Node.Value)
}

// isCrash tells whether the loader found its own fault, not the user's.
func (p Problem) isCrash() bool { return strings.HasPrefix(p.reason, "runtime error:") }

var unknownField = regexp.MustCompile(`unknown field ".*"$`)

// didYouMean looks for the option among those that may stand in the same block.
func (p Problem) didYouMean() string {
	path := strings.Split(p.option, ".")
	last := len(path) - 1
	return language.Closest(path[last], option.Beside(option.Canonical(path[:last]...)))
}

// usual is the field that sets an option, with the value that it has by default; "" where that is not known.
func (p Problem) usual() string {
	if p.option == "include" {
		return "what the file says, as fields of the intent"
	}
	from := p.From()
	if len(from) == 0 || from[0] != "extraConfig" {
		return ""
	}
	if o := usual(strings.Split(p.option, ".")); o != "" {
		return o + ", in its place"
	}
	return "leave it out"
}

func usual(path []string) string {
	o, ok := natsoptions.Find(path...)
	if !ok {
		return ""
	}
	for _, f := range language.Setters(o) {
		if f.Default != "" && !f.Derived && !strings.ContainsAny(f.Path, "<[") {
			return strings.ReplaceAll(f.Path, ".", ": ") + ": " + f.Default
		}
	}
	return ""
}

var badSubject = regexp.MustCompile(`^subject "(.*)" is not a valid subject$`)

// subjectMeant is the subject that somebody meant who left a token of it empty, or wrote > before its end.
func subjectMeant(text string) string {
	var tokens []string
	for _, t := range strings.Split(text, ".") {
		if t != "" && !strings.ContainsAny(t, " \t") {
			tokens = append(tokens, t)
		}
	}
	for n, t := range tokens {
		if t == ">" && n < len(tokens)-1 {
			tokens[n] = "*"
		}
	}
	return strings.Join(tokens, ".")
}

// size is the text of a string that would have been the number that the option takes,
// without its quotes.
func (p Problem) size() (string, bool) {
	if p.Node == nil || !conversion.MatchString(p.reason) && !notNumber.MatchString(p.reason) {
		return "", false
	}
	text, ok := p.Node.Value.(string)
	value, err := tree.Raw(text).Literal()
	_, size := value.(tree.Raw)
	return text, ok && size && err == nil
}

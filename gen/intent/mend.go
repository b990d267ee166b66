package intent

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"

	"github.com/natsyard/natsyard/gen/language"
)

// instead is what somebody meant who wrote a value that the field does not take: one of
// nats.conf, of the chart's values or of Kubernetes where ours has another form. It is "" where
// nobody can tell. The name is that of the field, the text its value in the file, the expression
// nil where that is not known.
func instead(name string, f *language.Field, e ast.Expr, text string) string {
	switch x := e.(type) {
	case *ast.ListLit:
		if only, isMap := onlyChild(f, language.AnyKey); isMap {
			return byName(name, only, x)
		}
		if child(f, "allow") && child(f, "deny") {
			return name + ": allow: " + text
		}
		return ""
	case *ast.StructLit:
		if _, isList := onlyChild(f, language.Element); isList {
			return name + ": [{...}], a list"
		}
		return ""
	}
	plain := strings.Trim(text, `"'`)
	switch {
	case strings.HasPrefix(text, "'"):
		return strconv.Quote(plain) + ", in double quotes"
	case child(f, "enabled"):
		if on, known := switches[strings.ToLower(plain)]; known {
			if on && child(f, "secretName") { // a switch alone is not enough
				return fmt.Sprintf("%s: secretName: %q", name, "nats-"+name)
			}
			return fmt.Sprintf("%s: enabled: %t", name, on)
		}
	case child(f, "fullImageName"):
		return name + ": fullImageName: " + text
	case child(f, "allow") && child(f, "deny"):
		return name + ": allow: [" + text + "]"
	case len(f.Children) == 1 && f.Children[0].Name == language.Element:
		return "[" + text + "], a list"
	}
	if len(f.Children) > 0 && !strings.Contains(f.Allowed, " string") {
		return ""
	}
	return scalar(name, f, text, plain)
}

// switches are the words that switch something on and off.
var switches = map[string]bool{"enabled": true, "true": true, "yes": true, "on": true, "disabled": false, "false": false, "no": false, "off": false}

// Values that were meant as text, numbers, and sizes as nats.conf has them and Kubernetes has not.
var (
	bare       = regexp.MustCompile(`^[0-9][0-9A-Za-z.]*$`)
	wholeText  = regexp.MustCompile(`^[0-9]+$`)
	sizeInConf = regexp.MustCompile(`^([0-9]+) ?([kKmMgGtTpPeE])[iI]?[bB]$`)
)

// scalar is about a value that is no struct and no list.
func scalar(name string, f *language.Field, text, plain string) string {
	takes := func(types ...string) bool {
		return slices.ContainsFunc(strings.Split(f.Type, " | "), func(t string) bool {
			kind, _, _ := strings.Cut(t, ",")
			return slices.Contains(types, kind)
		})
	}
	quoted := strings.HasPrefix(text, `"`)
	for _, allowed := range f.Enum {
		if strings.EqualFold(allowed, text) {
			return allowed
		}
	}
	switch {
	case takes("duration") && wholeText.MatchString(plain):
		return strconv.Quote(plain + "s")
	case takes("size", "quantity") && sizeInConf.MatchString(plain):
		return strconv.Quote(binary(plain))
	case quoted && takes("true", "false") && (plain == "true" || plain == "false"),
		quoted && wholeText.MatchString(plain) && !takesText(f):
		return plain + ", without quotes"
	}
	return meant(name, f, text, plain)
}

// binary is a size of nats.conf in the suffixes that Kubernetes has too: nats.conf's MB are Mi.
func binary(size string) string {
	m := sizeInConf.FindStringSubmatch(size)
	return m[1] + strings.ToUpper(m[2]) + "i"
}

// takesText tells whether a field wants a string.
func takesText(f *language.Field) bool {
	return len(f.Children) == 0 && len(f.Enum) == 0 && !strings.Contains(f.Type, "number") && !strings.HasPrefix(f.Type, "port")
}

func onlyChild(f *language.Field, name string) (*language.Field, bool) {
	if len(f.Children) != 1 || f.Children[0].Name != name {
		return nil, false
	}
	return f.Children[0], true
}

func child(f *language.Field, name string) bool {
	return slices.ContainsFunc(f.Children, func(c *language.Field) bool { return c.Name == name })
}

// isSwitch tells whether a word was meant to switch a field on or off.
func isSwitch(f *language.Field, word string) bool {
	_, known := switches[word]
	return known && f.Allowed == "true or false"
}

// lacking is a field that is to be added, with all that it stands in. In a list there is no such
// path.
func lacking(path []string) string {
	name := path[len(path)-1] + ": ..."
	var labels []string
	for _, label := range path[:len(path)-1] {
		if wholeText.MatchString(label) {
			return name
		}
		if !ast.IsValidIdent(label) || strings.HasPrefix(label, "_") || strings.HasPrefix(label, "#") {
			label = strconv.Quote(label)
		}
		labels = append(labels, label+": ")
	}
	return strings.Join(labels, "") + name
}

package intent

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"github.com/natsyard/natsyard/gen/intent/internal/syntax"
	"github.com/natsyard/natsyard/gen/language"
)

// instead are values that somebody may have meant who wrote one that the field does not take, the
// likeliest first: of nats.conf, of the chart's values or of Kubernetes where ours has another form, and
// what is a letter or a bound away. The expression is nil where that is not known, the text is what was
// written.
func instead(path []string, f *language.Field, e ast.Expr, text string) (out []string) {
	name := path[len(path)-1]
	switch x := e.(type) {
	case *ast.ListLit:
		if only, isMap := onlyChild(f, language.AnyKey); isMap {
			out = append(out, byName(path, only, x)...)
		}
		return append(out, "{allow: "+syntax.OneLine(x)+"}")
	case *ast.StructLit:
		return []string{"[" + syntax.OneLine(x) + "]"}
	}
	plain, isText := textOfLiteral(text)
	if !isText {
		plain = strings.Trim(text, `"'`)
	}
	if on, known := switches[strings.ToLower(plain)]; known {
		if on && child(f, "secretName") && child(f, "enabled") { // a switch alone is not enough
			out = append(out, fmt.Sprintf("{secretName: %q}", tlsSecret(path[:len(path)-1])))
		}
		out = append(out, strconv.FormatBool(on), fmt.Sprintf("{enabled: %t}", on))
	}
	if plain == "null" {
		return append(out, "{enabled: false}")
	}
	if name == "repository" || name == "image" {
		out = append(out, "{"+fullImageName+": "+strconv.Quote(plain)+"}")
	}
	quoted := strconv.Quote(plain)
	if wholeText.MatchString(plain) && len(plain) < 6 && (f.Type == "size" || name == "memory") {
		out = append(out, strconv.Quote(plain+"Mi")) // nobody means so few bytes
	}
	if f.Type == "subject" {
		out = append(out, strconv.Quote(strings.Join(strings.Fields(plain), ".")))
	}
	out = append(out, "["+text+"]", "{allow: ["+text+"]}", quoted, plain)
	out = append(out, meant(name, f, plain)...)
	out = append(out, amount(plain)...)
	out = append(out, among(f, plain)...)
	out = append(out, number(f, plain)...)
	if m := thousands.FindStringSubmatch(plain); m != nil {
		out = append(out, m[1]+map[string]string{"k": "000", "K": "000", "M": "000000"}[m[2]])
	}
	if m := strangeUnit.FindStringSubmatch(plain); m != nil && f.Type == "size" {
		out = append(out, strconv.Quote(m[1]+"Mi"))
	}
	if f.Type == "relative path" {
		return append(out, `"my.yaml"`)
	}
	if name == fullImageName { // respelt it is that of another image
		return append(out, strconv.Quote(withoutScheme(strings.TrimSpace(plain))))
	}
	return append(out, respelt(plain)...)
}

// taggedImage is the mend for a repository with its tag in it.
func (r reporter) taggedImage(path []string, text string) string {
	repository, tag, ok := strings.Cut(strings.Trim(text, `"`), ":")
	if !ok || path[len(path)-1] != "repository" {
		return ""
	}
	return r.propose(path[:len(path)-1], fmt.Sprintf("{repository: %q, tag: %q}", repository, tag))
}

// switches are the words that switch something on and off.
var switches = map[string]bool{"enabled": true, "true": true, "yes": true, "on": true, "disabled": false, "false": false, "no": false, "off": false}

// Numbers, and amounts as people write them.
var (
	thousands   = regexp.MustCompile(`^([1-9][0-9]{0,8})([kKMx])$`)
	strangeUnit = regexp.MustCompile(`^([0-9]{1,3}) ?[A-Za-z]+$`)
	wholeText   = regexp.MustCompile(`^[0-9]+$`)
	spaced      = regexp.MustCompile(`^([0-9.]+) +([A-Za-z]+)$`)
	fraction    = regexp.MustCompile(`^([0-9]+)[.]([0-9]+)([KMGTPE])i$`)
)

// amount is a size or a duration in the forms of ours.
func amount(plain string) (out []string) {
	if m := spaced.FindStringSubmatch(plain); m != nil {
		plain = m[1] + m[2]
		out = append(out, strconv.Quote(plain))
	}
	if bytes := syntax.Binary(plain); bytes != plain {
		out = append(out, strconv.Quote(bytes))
	}
	if m := fraction.FindStringSubmatch(plain); m != nil { // of a unit, in whole ones of the next
		if smaller := strings.IndexByte("KMGTPE", m[3][0]) - 1; smaller >= 0 {
			f, _ := strconv.ParseFloat(m[1]+"."+m[2], 64)
			out = append(out, strconv.Quote(fmt.Sprintf("%.0f%ci", f*1024, "KMGTPE"[smaller])))
		}
	}
	if m := days.FindStringSubmatch(plain); m != nil {
		n, _ := strconv.Atoi(m[1])
		out = append(out, strconv.Quote(fmt.Sprintf("%dh", n*24)))
	}
	if wholeText.MatchString(plain) {
		out = append(out, strconv.Quote(plain+"s"))
	}
	return append(out, strconv.Quote(strings.ToLower(plain)))
}

var days = regexp.MustCompile(`^([0-9]{1,4})d(?:ays?)?$`)

// among is the one of the values that a field takes that is nearest to what was written.
func among(f *language.Field, plain string) []string {
	names := make([]string, 0, len(f.Enum))
	for _, v := range f.Enum {
		if strings.EqualFold(strings.Trim(v, `"`), plain) {
			return []string{v}
		}
		names = append(names, strings.Trim(v, `"`))
	}
	near := language.Closest(plain, names)
	if near == "" { // what it begins with, or begins
		for _, n := range names {
			if n != "" && plain != "" && (strings.HasPrefix(strings.ToLower(n), strings.ToLower(plain)) || strings.HasPrefix(strings.ToLower(plain), strings.ToLower(n))) {
				near = n
			}
		}
	}
	if near == "" {
		return nil
	}
	return []string{f.Enum[slices.Index(names, near)]}
}

// within is how a field says the bounds of its number.
var within = regexp.MustCompile(`(?:from |, |of )(-?[0-9]+)(?: to ([0-9]+)| or more)`)

// number is the nearest that a field takes.
func number(f *language.Field, plain string) []string {
	n, err := strconv.ParseFloat(strings.ReplaceAll(plain, "_", ""), 64)
	m := within.FindStringSubmatch(f.Allowed)
	if err != nil || m == nil {
		return nil
	}
	low, _ := strconv.ParseFloat(m[1], 64)
	whole := strconv.FormatFloat(float64(int64(min(max(n, -1<<53), 1<<53))), 'f', -1, 64)
	if high, err := strconv.ParseFloat(m[2], 64); err == nil && n > high {
		if strings.HasPrefix(f.Type, "port") && f.Default != "" && !f.Derived { // nobody means the last port
			return []string{f.Default, m[2]}
		}
		return []string{m[2]}
	}
	if n < low {
		return []string{m[1]}
	}
	return []string{whole}
}

var (
	notInNames = regexp.MustCompile(`[^a-z0-9]+`)
	notInWords = regexp.MustCompile(`[^A-Za-z0-9]+`)
)

// respelt is a text in the letters of a name.
func respelt(plain string) (out []string) {
	trimmed := strings.TrimSpace(plain)
	if trimmed == "" {
		return nil
	}
	for _, text := range []string{
		trimmed, strings.Trim(notInWords.ReplaceAllString(trimmed, "-"), "-"), strings.Trim(notInWords.ReplaceAllString(trimmed, "_"), "_"),
		strings.Trim(notInNames.ReplaceAllString(strings.ToLower(trimmed), "-"), "-"), strings.Trim(notInNames.ReplaceAllString(strings.ToLower(trimmed), "_"), "_"),
		notInNames.ReplaceAllString(strings.ToLower(trimmed), ""), strings.Join(strings.Fields(trimmed), ""), strings.Join(strings.Fields(trimmed), "."),
		"/" + strings.Trim(trimmed, "/"), strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(trimmed, "https://"), "http://"), "/"),
	} {
		if text != "" {
			out = append(out, strconv.Quote(text))
		}
	}
	return out
}

// keys are what names an element of a list in nats.conf, the chart's values and Kubernetes.
var keys = []string{"user", "name", "mountPath", "topologyKey", "url", "cluster_name", "remote"}

// byName is the map that somebody meant who wrote a list of structs.
func byName(path []string, value *language.Field, l *ast.ListLit) []string {
	var entries, values []string
	for _, elem := range l.Elts {
		s, ok := elem.(*ast.StructLit)
		if !ok {
			return nil
		}
		key := ""
		var rest []string
		only := ""
		for _, d := range s.Elts { // what names it may stand last
			if f, ok := d.(*ast.Field); ok {
				name, _, _ := ast.LabelName(f.Label)
				if text, isText := literalText(f.Value); isText && slices.Contains(keys, name) && !(child(value, name) && name == "name") && key == "" {
					key = text
				}
			}
		}
		for _, d := range s.Elts {
			f, ok := d.(*ast.Field)
			if !ok {
				return nil
			}
			name, _, err := ast.LabelName(f.Label)
			text, isText := literalText(f.Value)
			switch {
			case err != nil:
				return nil
			case isText && text == key && slices.Contains(keys, name):
			default:
				only = syntax.OneLine(f.Value)
				if name == "value" && maySecret([]string{"env", key}, "") {
					only = fmt.Sprintf("{valueFrom: secretKeyRef: {name: %q, key: %q}}", secretOfUsers, strings.ToLower(SecretVariable.FindString(key)))
				} else if lit, ok := f.Value.(*ast.BasicLit); ok && lit.Kind != token.STRING && name == "value" {
					only = strconv.Quote(only)
				}
				if isText && maySecret([]string{name}, text) {
					only = fmt.Sprintf("{secretName: %q, key: %q}", secretOfUsers, key)
				}
				rest = append(rest, quotedLabel(name)+": "+only)
			}
		}
		if key == "" {
			if key = byMaps[path[len(path)-1]]; key == "" || len(l.Elts) > 1 {
				return nil
			}
		}
		whole := "{" + strings.Join(rest, ", ") + "}"
		entries = append(entries, strconv.Quote(key)+": "+whole)
		if len(rest) == 1 && strings.HasPrefix(rest[0], "value: ") { // as of an environment variable
			whole = only
		}
		values = append(values, strconv.Quote(key)+": "+whole)
	}
	unquoted := func(all []string) string {
		for i, e := range all {
			quoted, rest, _ := strings.Cut(e, ": ")
			name, _ := strconv.Unquote(quoted)
			all[i] = quotedLabel(name) + ": " + rest
		}
		return "{" + strings.Join(all, ", ") + "}"
	}
	return []string{unquoted(values), unquoted(entries)}
}

// literalText is the text that an expression is.
func literalText(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := literal.Unquote(lit.Value)
	return text, err == nil
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

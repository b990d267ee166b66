package valid

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/natsyard/natsyard/gen/language"
)

// wanted says in words what the scalar types of the table are.
var wanted = map[string]string{
	"string":      "a string",
	"bool":        "true or false",
	"int32":       "a whole number of 32 bits",
	"int64":       "a whole number",
	"number":      "a number",
	"double":      "a number",
	"intOrString": "a whole number or a string",
	"quantity":    `a quantity such as "500m" or "4Gi"`,
	"time":        "a time such as 2006-01-02T15:04:05Z",
	"bytes":       "text in base64",
}

// is tells whether a value is of a scalar type.
func is(typ string, v any) bool {
	s, isString := v.(string)
	switch typ {
	case "string":
		return isString
	case "bool":
		_, ok := v.(bool)
		return ok
	case "int32":
		n, ok := whole(v)
		return ok && n >= math.MinInt32 && n <= math.MaxInt32
	case "int64":
		_, ok := whole(v)
		return ok
	case "intOrString":
		return isString || is("int32", v)
	case "quantity":
		if isString {
			_, err := resource.ParseQuantity(s)
			return err == nil
		}
		return is("number", v)
	case "time":
		_, err := time.Parse(time.RFC3339, s)
		return isString && err == nil
	case "bytes":
		_, err := base64.StdEncoding.DecodeString(s)
		return isString && err == nil
	}
	switch v.(type) {
	case int, int64, float64:
		return true
	}
	return false
}

func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case float64:
		return int64(n), n == math.Trunc(n) && math.Abs(n) < 1<<53
	}
	return 0, false
}

// scalar compares a value with its type and limits.
func (w *walker) scalar(typ string, l *limits, f *member, v any) {
	if !is(typ, v) {
		w.refuse("kubernetes-type", fmt.Sprintf("is %s, where %s is wanted", shown(v), wanted[typ]), "")
		return
	}
	if n, ok := whole(v); ok && (l.Minimum != nil && float64(n) < *l.Minimum || l.Maximum != nil && float64(n) > *l.Maximum) {
		w.refuse("kubernetes-value", "is "+shown(v), between(l.Minimum, l.Maximum, ""))
	}
	s, ok := v.(string)
	if !ok {
		w.choice(l.Enum, v)
		w.form(l.Form, v)
		return
	}
	if length := utf8.RuneCountInString(s); l.MinLength != nil && length < *l.MinLength || l.MaxLength != nil && length > *l.MaxLength {
		w.refuse("kubernetes-value", fmt.Sprintf("has %d characters", length), between(l.MinLength, l.MaxLength, "characters"))
	}
	if f != nil && f.pattern != nil && !f.pattern().MatchString(s) {
		w.refuse("kubernetes-value", "is "+shown(v), "what matches "+l.Pattern)
	}
	if s != "" || l.Required || l.Strict { // an empty one is as if it were not there
		w.choice(l.Enum, s)
		w.form(l.Form, s)
	}
}

// form judges the form of a value.
func (w *walker) form(form string, v any) {
	if form == "" {
		return
	}
	if reasons := forms[form](fmt.Sprint(v)); len(reasons) > 0 {
		w.refuse("kubernetes-value", "is "+shown(v), inShort(strings.Join(reasons, ", ")))
	}
}

// choice looks a value up among those that a field may have.
func (w *walker) choice(choices []choice, v any) {
	if len(choices) == 0 {
		return
	}
	as := fmt.Sprint
	if _, ok := v.(string); ok {
		as = func(s ...any) string { return fmt.Sprintf("%q", s...) }
	}
	at := slices.IndexFunc(choices, func(c choice) bool { return c.Value == fmt.Sprint(v) })
	if at < 0 {
		names, allowed := make([]string, len(choices)), make([]string, len(choices))
		for i, c := range choices {
			names[i], allowed[i] = c.Value, as(c.Value)
		}
		p := problem{path: w.at(), rule: "kubernetes-value", says: "is " + shown(v), allowed: strings.Join(allowed, ", ")}
		if near := language.Closest(fmt.Sprint(v), names); near != "" && v != "" {
			p.mend = as(near)
		}
		w.j.add(p)
		return
	}
	c := choices[at]
	w.late(as(v), limits{Since: c.Since, Gate: c.Gate})
}

// between says which numbers are allowed.
func between[T int | float64](low, high *T, of string) string {
	show := func(n *T) string { return strconv.FormatFloat(float64(*n), 'f', -1, 64) }
	if one := low != nil && float64(*low) == 1 && high == nil || high != nil && float64(*high) == 1; one {
		of = strings.TrimSuffix(of, "s")
	}
	switch {
	case low != nil && high != nil:
		return strings.TrimSpace(show(low) + " to " + show(high) + " " + of)
	case low != nil && of == "":
		return show(low) + " or more"
	case low != nil:
		return "at least " + show(low) + " " + of
	}
	return strings.TrimSpace("at most " + show(high) + " " + of)
}

// shown is a value in a message, in short.
func shown(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "a map"
	case []any:
		return "a list"
	case string:
		if utf8.RuneCountInString(v) > 60 {
			v = string([]rune(v)[:57]) + "..."
		}
		return strconv.Quote(v)
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}

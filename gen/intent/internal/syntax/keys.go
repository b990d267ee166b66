package syntax

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/language"
)

// path is a key with dots that leads through fields.
func path(v view) []change {
	return v.all(regexp.MustCompile(`(?:^|[{,:])\s*([a-zA-Z_]\w*(?:\.[a-zA-Z_]\w*)+)\s*[:{=]`), func(m []int, text string) (change, bool) {
		for _, name := range strings.Split(text, ".") {
			if len(language.Elsewhere(name)) == 0 {
				return change{}, false
			}
		}
		return v.replaced(m, 1, strings.ReplaceAll(text, ".", ": "), Mistake{
			Message: "a path is written with colons, not with dots",
		}), true
	})
}

// key is one that needs quotes.
func key(v view) []change {
	return v.all(regexp.MustCompile(`(?:^|[{,:]\s*|\s)([\w$*.>@/-]+)\s*:`), func(m []int, text string) (change, bool) {
		return v.replaced(m, 1, strconv.Quote(text), Mistake{
			Message: fmt.Sprintf("the key %s needs quotes", text), Allowed: unquotedKey,
		}), strings.ContainsAny(text, "-./*>@") || text[0] >= '0' && text[0] <= '9'
	})
}

// equals is how nats.conf and others give a field its value.
func equals(v view) []change {
	return v.all(regexp.MustCompile(`(?:^|[{,:])\s*[\w$"-]+(\s*(?:=>|->|:=|=)\s*)[^~=]`), func(m []int, text string) (change, bool) {
		return v.replaced(m, 1, ": ", Mistake{
			Message: fmt.Sprintf("a field and its value are joined by a colon, not by %s", strings.TrimSpace(text)),
			Line:    v.n, Column: m[2] + 1 + len(text) - len(strings.TrimLeft(text, " \t")), Length: len(strings.TrimSpace(text)),
		}), true
	})
}

// joined lacks the colon between a key and its value.
func joined(v view) []change {
	said := Mistake{Message: "a colon is missing between the field and its value"}
	return v.all(regexp.MustCompile(`(?:^|[{,:])\s*[a-zA-Z_"][\w$"-]*([ \t]*)(?:[{\["0-9-]|true|false)`), func(m []int, _ string) (change, bool) {
		c := v.replaced(m, 1, ": ", said)
		c.mistake.Line, c.mistake.Column, c.mistake.Length = v.n, m[3]+1, 1
		isKey := v.bare[m[2]-1] != '"' || v.bare[m[3]] == '"' || v.bare[m[3]] == '{' // a text before a number is none
		return c, isKey && (m[3] > m[2] || v.bare[m[3]] == '{' || v.bare[m[3]] == '[')
	})
}

// brace follows a value to which it is to be added.
func brace(v view) []change {
	return v.all(regexp.MustCompile(`:.*[\w")\]}](\s*)\{\s*$`), func(m []int, _ string) (change, bool) {
		c := v.replaced(m, 1, " & ", Mistake{Message: "& is missing between the value and what is added to it"})
		c.mistake.Line, c.mistake.Column, c.mistake.Length = v.n, m[3]+1, 1
		return c, true
	})
}

// fields in the brackets of a list.
func fields(v view) []change {
	said := Mistake{Message: "fields stand in { }, and [ ] is for the elements of a list"}
	return v.all(regexp.MustCompile(`(\[\s*[\w"$]+\s*:[^\[\]]*\])`), func(m []int, text string) (change, bool) {
		return v.replaced(m, 1, "{"+strings.TrimSpace(text[1:len(text)-1])+"}", said), true
	})
}

// imports of packages without quotes, and on no line of their own.
func imports(v view) []change {
	return v.all(regexp.MustCompile(`^\s*import\s+(?:[a-zA-Z_]\w*\s+)?([a-zA-Z][\w./@:-]+)\s*$`), func(m []int, text string) (change, bool) {
		return v.replaced(m, 1, strconv.Quote(text), Mistake{Message: "what is imported stands in quotes"}), true
	})
}

// packages with names that CUE does not have.
func packages(v view) []change {
	return v.all(regexp.MustCompile(`^\s*package\s+(\S+)`), func(m []int, text string) (change, bool) {
		with := regexp.MustCompile(`\W`).ReplaceAllString(strings.Trim(text, `"';`), "_")
		if with == "" || with == "_" || with[0] >= '0' && with[0] <= '9' {
			with = "env_" + with
		}
		return v.replaced(m, 1, with, Mistake{
			Message: fmt.Sprintf("%s cannot be the name of a package", text), Allowed: "letters, digits and _, no digit first",
		}), with != text
	})
}

// late is an import below a field.
func late(v view) []change {
	const form = `^\s*import\s*(?:[a-zA-Z_]\w*\s+)?("[^"]*")\s*$`
	m := regexp.MustCompile(form).FindStringSubmatchIndex(v.raw)
	for n := 1; m != nil && n < v.n; n++ {
		if above := v.lines.line(n); regexp.MustCompile(`^\s*package\s+\w+\s*$`).MatchString(above) {
			end := len(strings.TrimRight(above, " \t\r"))
			return []change{{line: n, from: end, to: end, with: ", " + strings.TrimSpace(v.raw), empty: []int{v.n}, prose: true, mistake: Mistake{
				Message: "an import stands below the package and above all fields",
				Mend:    strings.TrimSpace(v.raw) + ", below " + strings.TrimSpace(above), Line: v.n, Column: 1, Length: len(strings.TrimRight(v.raw, " \t\r")),
			}}}
		}
	}
	return nil
}

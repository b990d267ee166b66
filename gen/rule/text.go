package rule

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

const controlCharacterName = "control-character"

var controlCharacter = rule{
	controlCharacterName, diag.Error,
	"the text would not come back from YAML as it was, or the server and its tools would break a line or stop at it",
	func(in *intent.Intent, r *report) {
		data, err := json.Marshal(in.Intent)
		if err != nil {
			return // a quantity or number that JSON has no form for is another's finding
		}
		var fields any
		if json.Unmarshal(data, &fields) == nil {
			r.controlCharacters(nil, fields)
		}
	},
}

// controlCharacters looks at every key and every string of the intent's JSON form, whose keys
// are those that the user writes.
func (r *report) controlCharacters(path []string, field any) {
	below := func(step string) []string { return append(path[:len(path):len(path)], step) }
	switch f := field.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(f)) {
			r.controlCharacter("the key", below(k), k)
			r.controlCharacters(below(k), f[k])
		}
	case []any:
		for i, item := range f {
			r.controlCharacters(below(strconv.Itoa(i)), item)
		}
	case string:
		r.controlCharacter("the text", path, f)
	}
}

func (r *report) controlCharacter(what string, path []string, text string) {
	at := strings.IndexFunc(text, isControl)
	if at < 0 {
		return
	}
	f := finding{
		path:    path,
		message: fmt.Sprintf("%s holds the control character %U", what, []rune(text[at:])[0]),
		allowed: "characters that can be printed, tabs and newlines",
		mend:    "leave it out",
	}
	if plain := strings.Map(func(c rune) rune {
		if isControl(c) {
			return -1
		}
		return c
	}, text); what == "the text" && len(plain) < 80 {
		f.mend = inPlace(path, cueText(plain))
	}
	r.add(f)
}

// isControl tells whether YAML cannot hold a character, or not in every position.
func isControl(c rune) bool {
	return unicode.IsControl(c) && c != '\t' && c != '\n' || c&0xFFFE == 0xFFFE
}

package rule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// below is a path inside another, in memory of its own.
func below(path []string, steps ...string) []string {
	return append(path[:len(path):len(path)], steps...)
}

// at splits a path that is known at compile time.
func at(path string) []string { return strings.Split(path, ".") }

// joined is a path as the key of a map, and split the path again: a name may hold dots.
func joined(path []string) string { return strings.Join(path, "\x00") }

func split(key string) []string { return strings.Split(key, "\x00") }

// dotted is a path as a message names it.
func dotted(path []string) string { return strings.Join(path, ".") }

var identifier = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)

// cueField is a field in CUE that can be pasted into the intent.
func cueField(path []string, value string) string {
	var text strings.Builder
	for _, step := range path {
		text.WriteString(cueLabel(step) + ": ")
	}
	return text.String() + value
}

// inPlace is a value as it is pasted: with the path from the intent, or in a list in the place of an element.
func inPlace(path []string, value string) string {
	if slices.ContainsFunc(path, func(step string) bool { _, err := strconv.Atoi(step); return err == nil }) {
		return value
	}
	return cueField(path, value)
}

// cueLabel is a field's name in CUE, in quotes where it needs them.
func cueLabel(name string) string {
	if identifier.MatchString(name) {
		return name
	}
	return cueText(name)
}

// cueText is a string in CUE.
func cueText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(text) + `"`
}

// cueValue is a value in CUE, on one line.
func cueValue(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return "{...}"
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return "{...}"
	}
	return cueOf(value)
}

func cueOf(value any) string {
	var parts []string
	switch v := value.(type) {
	case string:
		return cueText(v)
	case []any:
		for _, elem := range v {
			parts = append(parts, cueOf(elem))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		for _, k := range keys(v) {
			parts = append(parts, cueLabel(k)+": "+cueOf(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(value)
}

// inLetters is a text in which one letter stands for what a form does not take; "" where that does not help.
func inLetters(text string, fits func(string) bool) string {
	for _, form := range []*regexp.Regexp{notInWords, notInNames} {
		t := text
		if form == notInNames {
			t = strings.ToLower(text)
		}
		if t = strings.Trim(form.ReplaceAllString(t, "-"), "-._"); t != "" && fits(t) {
			return t
		}
	}
	return ""
}

var notInWords, notInNames = regexp.MustCompile(`[^A-Za-z0-9._-]+`), regexp.MustCompile(`[^a-z0-9]+`)

// keys are the keys of a map, sorted.
func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// oneOf lists the keys of a map as a choice.
func oneOf[V any](m map[string]V) string { return strings.Join(keys(m), ", ") }

// isSet tells whether an optional flag is given and true.
func isSet(flag *bool) bool { return flag != nil && *flag }

// usesTLS tells whether a connection is encrypted.
func usesTLS(t *schema.TLS) bool { return t != nil && t.Enabled }

// reachesOthers tells whether the servers know servers that this intent does not speak of.
func reachesOthers(in *intent.Intent) bool {
	return in.LeafNodesEnabled() || in.GatewayEnabled() || len(in.Cluster.Routes) > 0
}

// reachers are the top-level fields that reachesOthers hangs on.
const reachers = "leafnodes gateway cluster"

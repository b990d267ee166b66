package reload

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
)

// enough is how many values of an option are tried against each other.
const enough = 4

// Hot tells whether a running server takes over every change of an option: from each of a
// few values to each other, from none to each, and from each to none. An option of which
// no two values could be found that make a difference to the server is not hot.
//
// It works in the current directory, which some reloads write to.
func Hot(path string) bool {
	if _, ok := untried[path]; ok {
		return false
	}
	var texts []string
	for _, value := range values(path) {
		if text := configuration(path, value); len(texts) <= enough && fits(text) {
			texts = append(texts, text)
		}
	}
	differ := false
	for _, before := range texts {
		for _, after := range texts {
			if before == after {
				continue
			}
			differ = differ || different(before, after)
			if err := Accepts(before, after); err != nil {
				return false
			}
		}
	}
	return differ
}

// values are what an option is tried with; "" is its absence.
func values(path string) []string {
	if own, ok := samples[path]; ok {
		return append([]string{""}, own...)
	}
	return append([]string{""}, candidates...)
}

// configuration is one in which an option has a value and makes sense.
func configuration(path, value string) string {
	blocks := strings.Split(path, ".")
	option := blocks[len(blocks)-1]
	blocks = blocks[:len(blocks)-1]

	text := siblings[path]
	if value != "" {
		text += "\n" + option + ": " + value
	}
	for i := len(blocks) - 1; i >= 0; i-- {
		block := strings.Join(blocks[:i+1], ".")
		text = fmt.Sprintf("%s {\n%s\n%s\n}", blocks[i], inside[block], text)
	}
	// The last of two equal keys counts.
	frame := "server_name: s\ncluster {" + inside["cluster"] + "}\n"
	if len(blocks) > 0 && blocks[0] == "cluster" {
		frame = "server_name: s\n"
	}
	return frame + beside[path] + text + "\n"
}

// fits tells whether a server would run a configuration.
func fits(text string) bool {
	o, err := Load(text)
	if err != nil {
		return false
	}
	_, err = server.NewServer(o)
	return err == nil
}

// different tells whether two configurations differ in what the reload looks at: the exported
// fields of server.Options.
func different(a, b string) bool {
	x, errX := Load(a)
	y, errY := Load(b)
	if errX != nil || errY != nil {
		return false
	}
	was, is := reflect.ValueOf(*x), reflect.ValueOf(*y)
	for i := range was.NumField() {
		if was.Type().Field(i).IsExported() && !reflect.DeepEqual(was.Field(i).Interface(), is.Field(i).Interface()) {
			return true
		}
	}
	return false
}

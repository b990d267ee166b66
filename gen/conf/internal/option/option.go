// Package option knows the options of nats-server.conf, from the source of the server
// itself (zz_reload.go).
package option

//go:generate go test ../reload -run ^TestTable$ -update

import (
	"slices"
	"strings"
)

// Canonical is the one path of an option. The loader takes names in any case,
// and has several for some options. What it does not know keeps its spelling, as accounts and
// users do.
func Canonical(path ...string) string {
	known := ""
	for i, element := range path {
		option := strings.TrimPrefix(known+"."+strings.ToLower(element), ".")
		if first, ok := aliases[option]; ok {
			option = first
		}
		if _, ok := reloadable[option]; !ok {
			return strings.TrimPrefix(known+"."+strings.Join(path[i:], "."), ".")
		}
		known = option
	}
	return known
}

// Reloadable tells whether a running server takes over every change of an option, given by its
// canonical path. One that is not known counts as not reloadable, which is always safe.
func Reloadable(canonical string) bool { return reloadable[canonical] }

// Beside are the names of the options in a block, given by its canonical path; "" is the top.
func Beside(block string) []string {
	var names []string
	for option := range reloadable {
		split := strings.LastIndex(option, ".")
		if option[:max(split, 0)] == block {
			names = append(names, option[split+1:])
		}
	}
	slices.Sort(names)
	return names
}

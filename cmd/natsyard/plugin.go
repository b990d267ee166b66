package main

import (
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// The name of natsyard, to itself and to people who have it as a plugin of kubectl.
const (
	ownName    = "natsyard"
	pluginName = "kubectl natsyard"
)

// called tells by the name of the program's file how people call natsyard. kubectl runs a plugin by the name kubectl-NAME, and
// for what completes its command line kubectl_complete-NAME, for which args get the command that answers.
func called(file string, args []string) (name string, _ []string) {
	switch strings.TrimSuffix(strings.ToLower(filepath.Base(file)), ".exe") {
	case "kubectl-natsyard":
		return pluginName, args
	case "kubectl_complete-natsyard":
		return pluginName, append([]string{cobra.ShellCompRequestCmd}, args...)
	case "natsyard-fn": // kustomize before 5.5 gives a function no arguments
		return ownName, append([]string{"fn"}, args...)
	}
	return ownName, args
}

// aCommand is natsyard followed by a word or by -C, as in a command line that a text shows.
var aCommand = regexp.MustCompile(`\bnatsyard (-C\b|[a-z-]+)`)

// spoken is a text of natsyard's for who calls it by a name: each command line that it shows is one that works there.
func spoken(text, name string, commands []*cobra.Command) string {
	if name == ownName {
		return text
	}
	return aCommand.ReplaceAllStringFunc(text, func(line string) string {
		_, word, _ := strings.Cut(line, " ")
		if word == "-C" {
			return name + " " + word
		}
		for _, c := range commands {
			if c.Name() == word {
				return name + " " + word
			}
		}
		return line
	})
}

// said is spoken for who has called a command.
func said(cmd *cobra.Command, text string) string {
	return spoken(text, cmd.Root().DisplayName(), cmd.Root().Commands())
}

// callIt has the texts of a command and of all below it speak of natsyard by a name.
func callIt(root *cobra.Command, name string) {
	root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: name}
	// The script of completion would be for a program natsyard, which kubectl's completion asks otherwise.
	root.CompletionOptions.DisableDefaultCmd = true
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		c.Example, c.Long = spoken(c.Example, name, root.Commands()), spoken(c.Long, name, root.Commands())
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

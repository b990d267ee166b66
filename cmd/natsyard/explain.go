package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/natsyard/natsyard/gen/language"
	"github.com/natsyard/natsyard/gen/options"
)

func newExplain() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain [PATH]",
		Short: "Print the documentation of a field or an option",
		Long: `Explain prints what the language says of a field: its type, unit and default, and what it
becomes in nats-server.conf and in Kubernetes. Without a path it lists the fields of an intent.
Of an option of nats-server.conf it prints which field sets it, or why none does.`,
		Example: `  natsyard explain
  natsyard explain jetstream.fileStore
  natsyard explain jetstream.fileStore.pvc.size
  natsyard explain max_payload
  natsyard explain cluster.pool_size
  natsyard explain rule memory-store-fits-limit`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completePath(toComplete), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			path := language.ParsePath(strings.Join(args, ""))
			text, err := explanation(path)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), text)
			return err
		},
	}
	cmd.AddCommand(newExplainRule(), newExplainRules())
	return cmd
}

// explanation is that of a field; where there is none, that of the option of this path; where
// there is none either, and no chart calls a field so, those of all options of this name.
func explanation(path []string) (string, error) {
	if field, ok := language.Lookup(path...); ok {
		return language.Explain(field), nil
	}
	if option, ok := options.Find(path...); ok {
		return language.ExplainOption(option), nil
	}
	found := options.Named(path[len(path)-1])
	if _, others := language.Spelling(path...); others || len(path) > 1 || len(found) == 0 {
		return "", unknownPath(path)
	}
	if len(found) == 1 {
		return language.ExplainOption(found[0]), nil
	}
	return language.ListOptions(found), nil
}

// unknownPath says at which part of a path the language ends, and what may have been meant.
func unknownPath(path []string) error {
	known := 0
	for known < len(path) {
		if _, ok := language.Lookup(path[:known+1]...); !ok {
			break
		}
		known++
	}
	owner, name := strings.Join(path[:known], "."), path[known]
	if owner == "" {
		owner = "intent"
	}
	if ours, ok := language.Spelling(path...); ok && ours != "" && len(path) > known+1 {
		return fmt.Errorf("%s has no field %s: write %s as %s", owner, name, strings.Join(path, "."), ours)
	}
	if hint := language.Hint(path[:known], name); hint != "" {
		return fmt.Errorf("%s has no field %s: %s", owner, name, hint)
	}
	command := strings.TrimSpace("natsyard explain " + strings.Join(path[:known], "."))
	return fmt.Errorf("%s has no field %s: %s lists what there is", owner, name, command)
}

// completePath offers the fields below the part of a path that is already whole.
func completePath(prefix string) []string {
	parent := ""
	if i := strings.LastIndexByte(prefix, '.'); i >= 0 {
		parent = prefix[:i]
	}
	owner, ok := language.Lookup(language.ParsePath(parent)...)
	if !ok {
		return nil
	}
	var out []string
	for _, c := range owner.Children {
		path := c.Name
		if parent != "" {
			path = parent + "." + c.Name
		}
		out = append(out, path+"\t"+firstSentence(c.Doc))
	}
	return out
}

func firstSentence(doc string) string {
	doc = strings.Join(strings.Fields(doc), " ")
	if i := strings.Index(doc, ". "); i > 0 {
		return doc[:i+1]
	}
	return doc
}

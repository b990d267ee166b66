package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/mitchellh/go-wordwrap"
	"github.com/spf13/cobra"

	"github.com/natsyard/natsyard/gen"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/language"
)

// Columns of a terminal that a text takes, at most, and those of a reason in the list of rules.
const (
	textWidth  = 96
	labelWidth = len("SEVERITY") + 2
	whyWidth   = 80
)

func newExplainRule() *cobra.Command {
	return &cobra.Command{
		Use:   "rule NAME",
		Short: "Print what a rule is for, and an example of it",
		Long: `Rule prints why a rule is there, the fields of an intent that trip it, what natsyard says of them,
and fields that pass. The name of a rule ends each of its findings.`,
		Example: `  natsyard explain rule memory-store-fits-limit`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("which rule? natsyard explain rules lists what there is")
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var out []string
			for _, e := range gen.Rules() {
				out = append(out, e.Name+"\t"+shortened(e.Why, whyWidth))
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			e, ok := gen.Rule(args[0])
			if !ok {
				return unknownRule(args[0])
			}
			return printRule(cmd.OutOrStdout(), e)
		},
	}
}

func unknownRule(name string) error {
	if near := language.Closest(name, gen.RuleNames()); near != "" {
		return fmt.Errorf("there is no rule %s: did you mean %q?", name, near)
	}
	return fmt.Errorf("there is no rule %s: natsyard explain rules lists what there is", name)
}

func printRule(w io.Writer, e diag.Rule) error {
	var b strings.Builder
	for _, fact := range [][2]string{
		{"RULE", e.Name}, {"SEVERITY", string(e.Severity)}, {"WHY", e.Why}, {"SAYS", e.Message},
	} {
		text := wordwrap.WrapString(fact[1], uint(textWidth-labelWidth))
		fmt.Fprintf(&b, "%-*s%s\n", labelWidth, fact[0], strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", labelWidth)))
	}
	for _, example := range [][2]string{{"TRIPS IT", e.Trips}, {"PASSES", e.Passes}} {
		fmt.Fprintf(&b, "\n%s\n  %s\n", example[0], strings.ReplaceAll(example[1], "\n", "\n  "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func newExplainRules() *cobra.Command {
	return &cobra.Command{
		Use:               "rules",
		Short:             "List all rules",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, e := range gen.Rules() {
				fmt.Fprintf(w, "%s\t%s\t%s\n", e.Name, e.Severity, shortened(e.Why, whyWidth))
			}
			return w.Flush()
		},
	}
}

// shortened cuts a text after n runes.
func shortened(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return strings.TrimRight(string(r[:n-1]), " ") + "…"
	}
	return text
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing/fstest"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/natsyard/natsyard/gen"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/given"
	"github.com/natsyard/natsyard/gen/krm"
	"github.com/natsyard/natsyard/schema"
)

func newFn() *cobra.Command {
	return &cobra.Command{
		Use:   "fn",
		Short: "Run as a KRM function, for kpt and kustomize",
		Long: `Fn reads a ResourceList from standard input and writes it to standard output with the objects of
one installation among its items. The functionConfig holds the intent, as YAML:

  apiVersion: ` + krm.APIVersion + `
  kind: ` + krm.Kind + `
  metadata: {name: nats, namespace: messaging}
  spec:
    cluster: {replicas: 3}

or is a ConfigMap whose data has plain fields by their paths (cluster.replicas: "3"). The intent is
proven as in a repository. What is found goes into the results of the list, and to standard error.`,
		Example: `  kustomize build --enable-alpha-plugins --enable-exec .
  kpt fn eval --exec "natsyard fn" --fn-config nats.yaml
  kpt fn eval --exec "natsyard fn" -- cluster.replicas=3`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := krm.ReadList(cmd.InOrStdin())
			if err == nil {
				list := &kio.ByteReadWriter{Reader: bytes.NewReader(text), Writer: cmd.OutOrStdout(), KeepReaderAnnotations: true}
				err = framework.Execute(framework.ResourceListProcessorFunc(func(rl *framework.ResourceList) error {
					return function(cmd.Context(), rl, cmd.ErrOrStderr())
				}), list)
			}
			if err != nil && !errors.As(err, new(findingsError)) {
				return fmt.Errorf("run as a function: %w", err)
			}
			return err
		},
	}
}

// functionEnv is the environment as which the intent of a functionConfig is proven.
const functionEnv = "function"

// function is natsyard fn, from list to list. It gives findingsError when the results hold errors.
func function(ctx context.Context, rl *framework.ResourceList, talk io.Writer) error {
	config, found := krm.Read(rl.FunctionConfig)
	var objects []*yaml.RNode
	if config != nil {
		name := "overlays/" + functionEnv + "/intent.cue"
		rendered, more, err := gen.Render(ctx, functionRepo(name, config.Values), []string{functionEnv})
		if err != nil {
			return err
		}
		found = append(found, config.Findings(more, name)...)
		if !found.HasErrors() {
			if objects, err = built(rendered); err != nil {
				return err
			}
			found = append(found, config.Taken(rl.Items, objects)...)
		}
	}
	rl.Results = append(rl.Results, krm.Results(found)...)
	for i := range found {
		if path := found[i].Path; path != "" && !strings.HasPrefix(found[i].Message, path) {
			found[i].Message = found[i].Path + ": " + found[i].Message
		}
	}
	if err := diag.Text(talk, found, diag.Options{Color: colored(talk)}); err != nil {
		return err
	}
	if found.HasErrors() {
		return findingsError{}
	}
	var err error
	rl.Items, err = krm.Merge(rl.Items, objects)
	return err
}

// functionRepo is a repository of one environment, on a base that says nothing.
func functionRepo(name string, values []given.Value) fs.FS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"cue.mod/module.cue": file("module: \"natsyard.io/function@v0\"\nlanguage: version: \"v0.13.0\"\n"),
		"base/intent.cue":    file("package base\n\nimport \"" + schema.ImportPath + "\"\n\nintent: schema.#Intent\n"),
		"overlays/" + functionEnv + "/base.cue": file("package " + functionEnv + "\n\n" +
			"import \"natsyard.io/function/base\"\n\nintent: base.intent\n"),
		name: file(string(given.File(functionEnv, values))),
	}
}

// built are the objects of the one environment that was rendered.
func built(rendered []*gen.Rendered) ([]*yaml.RNode, error) {
	stream, err := build(rendered[0], overlays(rendered)[0])
	if err != nil {
		return nil, err
	}
	return (&kio.ByteReader{Reader: bytes.NewReader(stream), OmitReaderAnnotations: true}).Read()
}

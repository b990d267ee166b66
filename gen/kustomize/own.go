package kustomize

import (
	"bytes"
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// Own is what a user adds to an overlay in files of their own. Paths are relative to the overlay.
type Own struct {
	Resources  []string
	Components []string
	Patches    []types.Patch
}

// own names what is the user's after all that is natsyard's.
func (w *writer) own(o Own) {
	w.kustomization.Resources = append(w.kustomization.Resources, o.Resources...)
	w.kustomization.Components = append(w.kustomization.Components, o.Components...)
	w.kustomization.Patches = append(w.kustomization.Patches, o.Patches...)
}

// KeepsConf tells whether a stream that Build returned holds the nats.conf of the environment
// as it was meant. One without the ConfigMap keeps it too.
func KeepsConf(stream []byte, e Environment) (bool, error) {
	at := slices.IndexFunc(e.Objects, func(o Object) bool { _, ok := conf(o); return ok })
	if at < 0 {
		return true, nil
	}
	meant, _ := conf(e.Objects[at])
	for _, text := range documents(stream) {
		var o struct {
			APIVersion, Kind string
			Metadata         struct{ Name string }
			Data             map[string]string
		}
		if !bytes.Contains(text, []byte("kind: ConfigMap\n")) {
			continue // reading is slow
		}
		if err := yaml.Unmarshal(text, &o); err != nil {
			return false, fmt.Errorf("read what kustomize built: %w", err)
		}
		if (id{o.APIVersion, o.Kind, o.Metadata.Name}) == idOf(e.Objects[at]) {
			return o.Data[confKey] == meant, nil
		}
	}
	return true, nil
}

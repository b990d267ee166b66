package source

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// never is the minor from which a feature is on that is off by default in all minors.
const never = 1 << 10

// gates are the minors from which the features of Kubernetes are on by default, by the name of their gate.
type gates map[string]int

// read adds what one minor says of its features in the module k8s.io/kubernetes. Minors before
// 1.32 do not say; what is missing then was on for all before.
func (g gates) read(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "test/*/*/versioned_feature_list.yaml"))
	if err != nil || len(files) == 0 {
		return err
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		return fmt.Errorf("read the features of Kubernetes: %w", err)
	}
	var features []struct {
		Name           string
		VersionedSpecs []struct {
			Default bool
			Version string
		}
	}
	if err := yaml.Unmarshal(data, &features); err != nil {
		return fmt.Errorf("read the features of Kubernetes: %w", err)
	}
	for _, f := range features {
		on := never
		for _, s := range f.VersionedSpecs {
			switch minor, err := strconv.Atoi(strings.TrimPrefix(s.Version, "1.")); {
			case err != nil:
				return fmt.Errorf("feature %s of Kubernetes: %w", f.Name, err)
			case !s.Default:
				on = never
			case on == never:
				on = minor
			}
		}
		g[f.Name] = on
	}
	return nil
}

// gateName is a gate in a sentence that says that it is needed; others say what it changes.
var gateName = regexp.MustCompile("(?:[Rr]equir|[Aa]lpha|honored|must enable)[^.]*\\b([A-Z][A-Za-z]+)`? feature\\b|field when the feature gate ([A-Z][A-Za-z]+) is enabled")

// named are the gates that a description says are needed.
func (g gates) named(description string) (names []string) {
	for _, m := range gateName.FindAllStringSubmatch(description, -1) {
		names = append(names, m[1]+m[2])
	}
	return names
}

// on is the minor from which one of the gates is on, and the gate. Without gates it is the first. A gate that no
// minor knows is a slip of the description.
func (g gates) on(names []string) (minor int, name string) {
	for _, n := range names {
		if on, known := g[n]; known && (name == "" || on < minor) {
			minor, name = on, n
		}
	}
	return minor, name
}

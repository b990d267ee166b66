package archive

import (
	"bytes"
	_ "embed"
	"fmt"
	"text/template"
)

//go:embed krew.yaml.tmpl
var krew string

// Krew is the manifest of a version, for the platforms of the archives, which base is the address of.
func Krew(version, base string, archives []Archive) ([]byte, error) {
	manifest, err := template.New("krew").Option("missingkey=error").Parse(krew)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = manifest.Execute(&out, struct {
		Version, Base string
		Archives      []Archive
	}{version, base, archives})
	if err != nil {
		return nil, fmt.Errorf("write krew's manifest: %w", err)
	}
	return out.Bytes(), nil
}

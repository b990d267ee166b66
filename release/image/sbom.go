package image

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/natsyard/natsyard/release/build"
)

// roots is the module that the certificates come from.
const roots = "golang.org/x/crypto/x509roots/fallback"

// SBOM is the file name of a target's bill of materials.
func SBOM(t build.Target) string { return "natsyard-image-" + t.OS + "-" + t.Arch + ".cdx.json" }

// Materials is what is in the image, in CycloneDX's JSON: natsyard, the modules that the linker has written into it, Go's standard
// library, and the certificates. The same program gives the same bytes: it has the commit's time and no serial number.
func Materials(source build.Source, program string) ([]byte, error) {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return nil, err
	}
	binary, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(binary)
	main := component(cdx.ComponentTypeApplication, info.Main.Path, source.Version)
	main.Name = "natsyard"
	main.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum[:])}}
	main.Licenses = &cdx.Licenses{{License: &cdx.License{ID: "Apache-2.0"}}}

	parts := []cdx.Component{component(cdx.ComponentTypeLibrary, "stdlib", "v"+strings.TrimPrefix(info.GoVersion, "go"))}
	for _, dep := range info.Deps {
		if dep.Replace != nil {
			dep = dep.Replace
		}
		parts = append(parts, component(cdx.ComponentTypeLibrary, dep.Path, dep.Version))
	}
	version, err := rootsVersion()
	if err != nil {
		return nil, err
	}
	parts = append(parts, component(cdx.ComponentTypeData, roots, version))
	uses := make([]string, len(parts))
	for n, p := range parts {
		uses[n] = p.BOMRef
	}

	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Component: &main}
	if !source.Time.IsZero() {
		bom.Metadata.Timestamp = source.Time.Format(time.RFC3339)
	}
	bom.Components = &parts
	bom.Dependencies = &[]cdx.Dependency{{Ref: main.BOMRef, Dependencies: &uses}}
	var out bytes.Buffer
	if err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cdx.SpecVersion1_6); err != nil {
		return nil, fmt.Errorf("write the bill of materials: %w", err)
	}
	return out.Bytes(), nil
}

// component is a module by its package URL (https://github.com/package-url/purl-spec).
func component(kind cdx.ComponentType, module, version string) cdx.Component {
	purl := "pkg:golang/" + module + "@" + strings.ReplaceAll(version, "+", "%2B")
	return cdx.Component{BOMRef: purl, Type: kind, Name: module, Version: version, PackageURL: purl}
}

// rootsVersion is the version of the certificates' module that this program was built with.
func rootsVersion() (string, error) {
	own, err := os.Executable()
	if err != nil {
		return "", err
	}
	info, err := buildinfo.ReadFile(own)
	if err != nil {
		return "", err
	}
	for _, dep := range info.Deps {
		if dep.Path == roots {
			return dep.Version, nil
		}
	}
	return "", fmt.Errorf("this program was built without %s", roots)
}

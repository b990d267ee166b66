package source

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// schema is what OpenAPI says of a value: of Kubernetes' own types in version 2, in the definition of a
// custom resource in version 3.
type schema struct {
	Description          string             `json:"description"`
	Type                 string             `json:"type"`
	Format               string             `json:"format"`
	Ref                  string             `json:"$ref"`
	Properties           map[string]*schema `json:"properties"`
	Required             []string           `json:"required"`
	Items                *schema            `json:"items"`
	AdditionalProperties *schema            `json:"additionalProperties"`
	Default              any                `json:"default"`

	Enum                              []any
	Pattern                           string
	Minimum, Maximum                  *float64
	MinLength, MaxLength              *int
	MinItems, MaxItems, MaxProperties *int
	ListType                          string   `json:"x-kubernetes-list-type"`
	ListMapKeys                       []string `json:"x-kubernetes-list-map-keys"`
	IntOrString                       bool     `json:"x-kubernetes-int-or-string"`
	PreserveUnknown                   bool     `json:"x-kubernetes-preserve-unknown-fields"`
	Validations                       []rule   `json:"x-kubernetes-validations"`

	Kinds []kind `json:"x-kubernetes-group-version-kind"`
}

// rule is an expression of CEL that holds for a value.
type rule struct {
	Rule    string `json:"rule"`
	Message string `json:"message"`
}

// kind is a kind of object.
type kind struct{ Group, Version, Kind string }

func (k kind) apiVersion() string { return strings.TrimPrefix(k.Group+"/"+k.Version, "/") }

// openAPI are the schemas of Kubernetes' own types, by their whole name.
type openAPI map[string]*schema

// readOpenAPI reads those of one minor from the module k8s.io/kubernetes.
func readOpenAPI(dir string) (openAPI, error) {
	data, err := os.ReadFile(filepath.Join(dir, "api/openapi-spec/swagger.json"))
	if err != nil {
		return nil, fmt.Errorf("read the OpenAPI of Kubernetes: %w", err)
	}
	var spec struct{ Definitions openAPI }
	if err := json.Unmarshal(data, &spec); err != nil {
		return nil, fmt.Errorf("read the OpenAPI of Kubernetes: %w", err)
	}
	return spec.Definitions, nil
}

// readDefinition reads the stored version of a custom resource.
func readDefinition(file string) (kind, *schema, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return kind{}, nil, fmt.Errorf("read a custom resource: %w", err)
	}
	var crd struct {
		Spec struct {
			Group    string
			Names    struct{ Kind string }
			Versions []struct {
				Name    string
				Storage bool
				Schema  struct{ OpenAPIV3Schema *schema }
			}
		}
	}
	if err := yaml.Unmarshal(data, &crd); err != nil {
		return kind{}, nil, fmt.Errorf("read a custom resource: %w", err)
	}
	for _, v := range crd.Spec.Versions {
		if v.Storage && v.Schema.OpenAPIV3Schema != nil {
			return kind{crd.Spec.Group, v.Name, crd.Spec.Names.Kind}, v.Schema.OpenAPIV3Schema, nil
		}
	}
	return kind{}, nil, fmt.Errorf("%s has no stored version", file)
}

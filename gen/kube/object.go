package kube

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// Object is a Kubernetes object as plain data: maps, lists, strings, booleans, int64 and
// float64, the values that JSON gives back as they were.
type Object = *unstructured.Unstructured

// objects turns Kubernetes' Go types into plain data.
func objects(typed []any) ([]Object, error) {
	plain := make([]Object, len(typed))
	for i, object := range typed {
		content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
		if err != nil {
			return nil, fmt.Errorf("convert %T: %w", object, err)
		}
		delete(content, "status") // is the cluster's to tell
		tidy(content)
		plain[i] = &unstructured.Unstructured{Object: content}
	}
	return plain, nil
}

// unsaid are the keys that Kubernetes' Go types write even where nothing was said. Other
// empty maps speak: `emptyDir: {}` is a volume, `namespaceSelector: {}` is every namespace.
var unsaid = map[string]bool{
	"creationTimestamp": true,
	"resources":         true,
	"status":            true,
	"strategy":          true,
	"updateStrategy":    true,
}

// tidy removes what was not said, at any depth.
func tidy(value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, child := range value {
			tidy(child)
			if unsaid[key] && empty(child) {
				delete(value, key)
			}
		}
		// A resourceFieldRef without a divisor is written with the divisor zero, which stands for one.
		if value["resource"] != nil && value["divisor"] == "0" {
			delete(value, "divisor")
		}
	case []any:
		for _, child := range value {
			tidy(child)
		}
	}
}

func empty(value any) bool {
	m, isMap := value.(map[string]any)
	return value == nil || isMap && len(m) == 0
}

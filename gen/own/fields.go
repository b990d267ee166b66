package own

//lint:file-ignore SA1019 what kustomize has deprecated is looked for here, to refuse it

import (
	"fmt"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/natsyard/natsyard/gen/diag"
)

// Why fields are refused.
const (
	runs       = "natsyard runs no programs and fetches no charts: what is built is what the repository holds"
	deprecated = "kustomize has deprecated it, and warns of it in every build"
	global     = "kustomize keeps it beyond the folder that says it, for all that it builds after"
)

// refused are the fields of a kustomization that are not taken.
var refused = []struct {
	name, why, mend string
	given           func(*types.Kustomization) bool
}{
	{"helmCharts", runs, "the rendered objects as resources", func(k *types.Kustomization) bool { return k.HelmCharts != nil }},
	{"helmChartInflationGenerator", runs, "the rendered objects as resources", func(k *types.Kustomization) bool { return k.HelmChartInflationGenerator != nil }},
	{"helmGlobals", runs, "the rendered objects as resources", func(k *types.Kustomization) bool { return k.HelmGlobals != nil }},
	{"generators", runs, "resources, configMapGenerator", func(k *types.Kustomization) bool { return k.Generators != nil }},
	{"transformers", runs, "patches, labels, replacements", func(k *types.Kustomization) bool { return k.Transformers != nil }},
	{"validators", runs, "", func(k *types.Kustomization) bool { return k.Validators != nil }},
	{"openapi", global, "a JSON patch, which needs no schema", func(k *types.Kustomization) bool { return k.OpenAPI != nil }},
	{"bases", deprecated, "resources", func(k *types.Kustomization) bool { return k.Bases != nil }},
	{"commonLabels", deprecated, "labels", func(k *types.Kustomization) bool { return k.CommonLabels != nil }},
	{"imageTags", deprecated, "images", func(k *types.Kustomization) bool { return k.ImageTags != nil }},
	{"patchesStrategicMerge", deprecated, "patches", func(k *types.Kustomization) bool { return k.PatchesStrategicMerge != nil }},
	{"patchesJson6902", deprecated, "patches", func(k *types.Kustomization) bool { return k.PatchesJson6902 != nil }},
	{"vars", deprecated, "replacements", func(k *types.Kustomization) bool { return k.Vars != nil }},
}

// fields refuses what natsyard's own kustomizations would not have either.
func (r *reader) fields(k *types.Kustomization) {
	for _, f := range refused {
		if f.given(k) {
			r.found = append(r.found, finding(r.in, r.entry, diag.Diagnostic{
				Rule: "kustomize-field", Message: fmt.Sprintf("%s has the field %s", r.by, f.name), Why: f.why, Mend: f.mend,
			}))
		}
	}
}

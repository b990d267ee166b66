package kustomize

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestProveSaysWhatDiffers spoils one thing and reads the message.
func TestProveSaysWhatDiffers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		file string // that is spoilt; dropped where old is empty
		old  string
		new  string
		want string
	}{{
		name: "a value",
		file: "overlays/prod/statefulset-nats.patch.yaml", old: "value: 3\n", new: "value: 4\n",
		want: "build overlays/prod: StatefulSet/nats is not as it was meant at /spec/replicas",
	}, {
		name: "an object that is not there",
		file: "overlays/prod/kustomization.yaml", old: "- poddisruptionbudget-nats.yaml\n",
		want: "build overlays/prod: kustomize does not read overlays/prod/poddisruptionbudget-nats.yaml",
	}, {
		name: "a file that is not there",
		file: "overlays/prod/nats.conf",
		want: "build overlays/prod: generate ConfigMap/nats-config: there is no overlays/prod/nats.conf",
	}, {
		name: "another namespace",
		file: "overlays/prod/kustomization.yaml", old: "namespace: nats\n", new: "namespace: natz\n",
		want: "build overlays/prod: ConfigMap/nats-box-contexts is not as it was meant at /metadata/namespace",
	}, {
		name: "a field of kustomize that is not ours",
		file: "overlays/prod/kustomization.yaml", old: "namespace: nats\n", new: "namespace: nats\nnamePrefix: a-\n",
		want: "build overlays/prod: read kustomization.yaml: it has a field that natsyard does not write",
	}, {
		name: "a field that kustomize does not know",
		file: "overlays/prod/kustomization.yaml", old: "namespace: nats\n", new: "namespace: nats\nprefix: a-\n",
		want: `unknown field "prefix"`,
	}, {
		name: "a generator that adds a hash to the name",
		file: "overlays/prod/kustomization.yaml", old: "disableNameSuffixHash: true", new: "disableNameSuffixHash: false",
		want: "build overlays/prod: generate ConfigMap/nats-config: it has a field that natsyard does not write",
	}, {
		name: "the base twice",
		file: "overlays/prod/kustomization.yaml", old: "- ../../base\n", new: "- ../../base\n- ../../base\n",
		want: " is there twice",
	}, {
		name: "a patch of nothing",
		file: "overlays/prod/kustomization.yaml", old: "kind: StatefulSet\n    name: nats\n", new: "kind: StatefulSet\n    name: natz\n",
		want: "build overlays/prod: apply statefulset-nats.patch.yaml: it patches 0 objects",
	}, {
		name: "a patch that is none",
		file: "overlays/prod/statefulset-nats.patch.yaml", old: "- op: test\n", new: "- op: taste\n",
		want: "build overlays/prod: apply statefulset-nats.patch.yaml: ",
	}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			base, prod, files := environment(t, "prod")
			n := slices.IndexFunc(files, func(f File) bool { return f.Path == test.file })
			if test.old == "" {
				files = slices.Delete(files, n, n+1)
			} else {
				require.Contains(t, string(files[n].Data), test.old)
				files[n].Data = []byte(strings.Replace(string(files[n].Data), test.old, test.new, 1))
			}
			require.ErrorContains(t, base.Prove(files, prod), test.want)
		})
	}

	base, prod, files := environment(t, "prod")
	missing := prod.Objects[0]
	prod.Objects = prod.Objects[1:]
	require.EqualError(t, base.Prove(files, prod), "build overlays/prod: "+idOf(missing).String()+" was not meant")
	extra := missing.DeepCopy()
	extra.SetName("extra")
	prod.Objects = append(prod.Objects, missing, extra)
	require.EqualError(t, base.Prove(files, prod), "build overlays/prod: "+idOf(extra).String()+" is missing")
}

// TestExtraordinary: what is not surely left as it is goes through kustomize itself, which
// does not always give it back.
func TestExtraordinary(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, object string
		want         string // error of Prove
	}{{
		name:   "a kind that kustomize leaves as it is",
		object: "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a}\nrules: [{apiGroups: [''], resources: [pods], verbs: [get]}]",
	}, {
		name:   "a kind in which kustomize sets more namespaces",
		object: "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: a}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: a}\nsubjects: [{kind: ServiceAccount, name: default}]",
		want:   "RoleBinding/a is not as it was meant at /subjects/0/namespace",
	}, {
		name:   "a kind without a namespace",
		object: "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\nrules: []",
		want:   "ClusterRole/a is not as it was meant at /metadata/namespace",
	}, {
		name:   "a label key that kustomize does not quote, in a file that it does not change",
		object: "apiVersion: v1\nkind: Service\nmetadata: {name: a, labels: {'1e3': 'off'}}",
	}, {
		name:   "the same, in a ConfigMap that it generates",
		object: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {'1e3': 'off'}}\ndata: {nats.conf: a}",
		want:   "kustomize build overlays/env: ",
	}, {
		name:   "an annotation that kustomize uses",
		object: "apiVersion: v1\nkind: Service\nmetadata: {name: a, annotations: {config.kubernetes.io/local-config: 'true'}}",
		want:   "Service/a is missing",
	}, {
		name:   "an annotation on which kustomize panics",
		object: "apiVersion: v1\nkind: Service\nmetadata: {name: a, annotations: {'': a}}\nspec: {'': {}}",
		want:   "kustomize build overlays/env: ",
	}, {
		name:   "null",
		object: "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {a: null, b: [1, 2.5, 9007199254740993]}",
	}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			base, err := NewBase("base", load(t, "base"))
			require.NoError(t, err)
			objects := parse(t, test.object)
			require.True(t, slices.ContainsFunc(objects, extraordinary))
			e := Environment{Dir: "overlays/env", Namespace: "nats", Objects: objects}
			files, err := base.Overlay(e)
			require.NoError(t, err)
			err = base.Prove(files, e)
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.want)
			require.Less(t, len(err.Error()), 500, "it names the object, and does not print it")
		})
	}
}

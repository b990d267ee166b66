package valid

import (
	"fmt"

	rbacv1 "k8s.io/api/rbac/v1"
	content "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// rights judges what a role lets its subjects do.
func (j *judgement) rights(rules []rbacv1.PolicyRule) {
	for i, r := range rules {
		at := field.NewPath("rules").Index(i)
		if len(r.NonResourceURLs) == 0 {
			j.needs(at.Child("apiGroups"), len(r.APIGroups) > 0)
			j.needs(at.Child("resources"), len(r.Resources) > 0)
			continue
		}
		urls := at.Child("nonResourceURLs")
		if j.object.GetKind() == "Role" {
			j.bad(urls, "are given in a namespace", "a ClusterRole")
		} else if len(r.APIGroups) > 0 || len(r.Resources) > 0 || len(r.ResourceNames) > 0 {
			j.bad(urls, "are given beside resources", "a rule for each of the two")
		}
	}
}

func (j *judgement) clusterRole(o *rbacv1.ClusterRole) {
	j.rights(o.Rules)
	if a := o.AggregationRule; a != nil {
		for i := range a.ClusterRoleSelectors {
			j.selector(field.NewPath("aggregationRule", "clusterRoleSelectors").Index(i), &a.ClusterRoleSelectors[i])
		}
	}
}

// binding judges who gets a role.
func (j *judgement) binding(role rbacv1.RoleRef, subjects []rbacv1.Subject) {
	everywhere := j.object.GetKind() == "ClusterRoleBinding"
	switch at := field.NewPath("roleRef", "kind"); {
	case role.Kind == "", role.Kind == "ClusterRole":
	case everywhere:
		j.bad(at, "is "+shown(role.Kind), `"ClusterRole"`)
	case role.Kind != "Role":
		j.bad(at, "is "+shown(role.Kind), `"Role", "ClusterRole"`)
	}
	for i, s := range subjects {
		at := field.NewPath("subjects").Key(s.Name)
		if s.Name == "" {
			at = field.NewPath("subjects").Index(i)
		}
		if s.Kind != rbacv1.ServiceAccountKind {
			if s.APIGroup != "" && s.APIGroup != rbacv1.GroupName {
				j.bad(at.Child("apiGroup"), "is "+shown(s.APIGroup), fmt.Sprintf("%q", rbacv1.GroupName))
			}
			continue
		}
		if s.Name != "" {
			j.form(at.Child("name"), s.Name, content.IsDNS1123Subdomain(s.Name))
		}
		if s.APIGroup != "" {
			j.bad(at.Child("apiGroup"), "is "+shown(s.APIGroup)+", for a ServiceAccount", `none, or ""`)
		}
		if everywhere {
			j.needs(at.Child("namespace"), s.Namespace != "")
		}
	}
}

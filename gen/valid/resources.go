package valid

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/natsyard/natsyard/gen/diag"
)

// requirements judges what a container or a pod asks for, and what it gets at most.
func (j *judgement) requirements(at *field.Path, r *corev1.ResourceRequirements) {
	j.amounts(at.Child("requests"), r.Requests)
	j.amounts(at.Child("limits"), r.Limits)
	for _, name := range sorted(r.Requests) {
		request, limit := r.Requests[name], r.Limits[name]
		at := at.Child("requests").Key(string(name))
		switch _, limited := r.Limits[name]; {
		case limited && shared(name) && request.Cmp(limit) > 0:
			j.bad(at, fmt.Sprintf("is %s, over the limit %s", request.String(), limit.String()))
		case limited && !shared(name) && request.Cmp(limit) != 0:
			j.bad(at, fmt.Sprintf("is %s, and the limit %s", request.String(), limit.String()), "the limit: "+string(name)+" is not shared")
		case !limited && !shared(name) && len(containerResource(string(name))) == 0:
			j.bad(at, "has no limit", "a limit of "+request.String()+" too: "+string(name)+" is not shared")
		}
	}
}

// amounts judges a list of resources of a container.
func (j *judgement) amounts(at *field.Path, list corev1.ResourceList) {
	for _, name := range sorted(list) {
		at := at.Key(string(name))
		q := list[name]
		switch reasons := containerResource(string(name)); {
		case len(reasons) > 0 && !strings.Contains(string(name), "/"):
			j.bad(at, "is no resource of a container", reasons...)
		case len(reasons) > 0:
			j.form(at, string(name), reasons)
		case q.Sign() < 0:
			j.bad(at, "is "+q.String(), "0 or more")
		case strings.Contains(string(name), "/") && !integral(q):
			j.bad(at, "is "+q.String(), "a whole number")
		case name == corev1.ResourceMemory || name == corev1.ResourceEphemeralStorage:
			j.bytes(at, q)
		case strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix):
			j.pages(at, strings.TrimPrefix(string(name), corev1.ResourceHugePagesPrefix), q)
		}
	}
}

// bytes warns of an amount that ends within a byte, as the API server does.
func (j *judgement) bytes(at *field.Path, q resource.Quantity) {
	if !integral(q) {
		j.add(problem{
			path: at.String(), rule: ruleWarning, severity: diag.Warning, says: "is " + q.String() + ", with a part of a byte",
			allowed: "whole bytes", why: "m is a thousandth; the API server warns of it, and rounds up", mend: fmt.Sprintf("%q", strings.TrimSuffix(q.String(), "m")+"Mi"),
		})
	}
}

// pages judges an amount of huge pages.
func (j *judgement) pages(at *field.Path, size string, q resource.Quantity) {
	page, err := resource.ParseQuantity(size)
	if err != nil || page.Value() <= 0 {
		j.bad(at, "is no resource of a container", "hugepages-<size>, such as hugepages-2Mi")
		return
	}
	if q.Value()%page.Value() != 0 {
		j.bad(at, "is "+q.String(), "whole pages of "+size)
	}
}

// shared tells whether more of a resource may be promised than there is.
func shared(name corev1.ResourceName) bool {
	return !strings.Contains(string(name), "/") && !strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix)
}

func integral(q resource.Quantity) bool { return q.MilliValue()%1000 == 0 }

// sorted are the names of resources in their order.
func sorted(list corev1.ResourceList) []corev1.ResourceName { return slices.Sorted(maps.Keys(list)) }

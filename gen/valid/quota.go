package valid

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	segments "k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// priorityClass judges the name of a priority; the table has the rest.
func (j *judgement) priorityClass() {
	if name := j.object.GetName(); strings.HasPrefix(name, "system-") {
		j.bad(metadata.Child("name"), "is "+shown(name), "a name that does not begin with system-, which are Kubernetes' own")
	}
}

// counted are what a quota bounds by number, and what by amount.
var counted = []string{
	"pods", "services", "services.nodeports", "services.loadbalancers", "replicationcontrollers", "resourcequotas", "secrets", "configmaps",
	"persistentvolumeclaims",
}

var summed = []string{
	"cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage",
	"limits.cpu", "limits.memory", "limits.ephemeral-storage",
}

func (j *judgement) quota(o *corev1.ResourceQuota) {
	for _, name := range sorted(o.Spec.Hard) {
		at, n, q := spec.Child("hard").Key(string(name)), string(name), o.Spec.Hard[name]
		huge := strings.HasPrefix(n, corev1.ResourceHugePagesPrefix) || strings.HasPrefix(n, corev1.ResourceRequestsHugePagesPrefix)
		switch {
		case strings.Contains(n, "/"):
			j.form(at, n, segments.IsLabelKey(n))
		case !huge && !slices.Contains(counted, n) && !slices.Contains(summed, n):
			j.bad(at, "is nothing that a quota bounds", strings.Join(slices.Concat(summed, counted), ", ")+", count/<resource>.<group>")
		}
		switch {
		case q.Sign() < 0:
			j.bad(at, "is "+q.String(), "0 or more")
		case (slices.Contains(counted, n) || strings.Contains(n, "/")) && !integral(q):
			j.bad(at, "is "+q.String(), "a whole number")
		}
	}
	for _, pair := range [][2]corev1.ResourceQuotaScope{
		{corev1.ResourceQuotaScopeBestEffort, corev1.ResourceQuotaScopeNotBestEffort},
		{corev1.ResourceQuotaScopeTerminating, corev1.ResourceQuotaScopeNotTerminating},
	} {
		if slices.Contains(o.Spec.Scopes, pair[0]) && slices.Contains(o.Spec.Scopes, pair[1]) {
			j.bad(spec.Child("scopes"), fmt.Sprintf("are %s and %s, which no pod is at once", pair[0], pair[1]))
		}
	}
}

func (j *judgement) limitRange(o *corev1.LimitRange) {
	kinds := map[string]bool{}
	for i := range o.Spec.Limits {
		l, at := &o.Spec.Limits[i], spec.Child("limits").Index(i)
		j.unique(kinds, at.Child("type"), string(l.Type))
		lists := map[string]corev1.ResourceList{
			"min": l.Min, "max": l.Max, "default": l.Default, "defaultRequest": l.DefaultRequest, "maxLimitRequestRatio": l.MaxLimitRequestRatio,
		}
		for _, name := range slices.Sorted(maps.Keys(lists)) {
			j.limited(at.Child(name), l.Type, lists[name])
		}
		for _, name := range []string{"default", "defaultRequest"} {
			if l.Type == corev1.LimitTypePod && len(lists[name]) > 0 {
				j.bad(at.Child(name), "is given for whole pods", "one for the type Container")
			}
		}
		_, least := l.Min[corev1.ResourceStorage]
		if _, most := l.Max[corev1.ResourceStorage]; l.Type == corev1.LimitTypePersistentVolumeClaim && !least && !most {
			j.bad(at, "has neither min nor max of storage")
		}
		// What is least, what is given, and what is most, in their order.
		order := []string{"min", "defaultRequest", "default", "max"}
		for n, low := range order {
			for _, high := range order[n+1:] {
				for _, name := range sorted(lists[low]) {
					a := lists[low][name]
					if b, both := lists[high][name]; both && a.Cmp(b) > 0 {
						j.bad(at.Child(low).Key(string(name)), fmt.Sprintf("is %s, over %s, %s", a.String(), high, b.String()))
					}
				}
			}
		}
		j.ratios(at.Child("maxLimitRequestRatio"), l)
	}
}

// limited judges the resources of which a LimitRange speaks.
func (j *judgement) limited(at *field.Path, of corev1.LimitType, list corev1.ResourceList) {
	for _, name := range sorted(list) {
		if of == corev1.LimitTypePod || of == corev1.LimitTypeContainer {
			if reasons := containerResource(string(name)); len(reasons) > 0 {
				j.bad(at.Key(string(name)), "is no resource of a container", reasons...)
			}
		} else if n := string(name); n != "storage" && len(containerResource(n)) > 0 {
			j.bad(at.Key(n), "is no resource", "storage, or <domain>/<name>")
		}
	}
}

// ratios judges how much more than what is requested a limit may be.
func (j *judgement) ratios(at *field.Path, l *corev1.LimitRangeItem) {
	for _, name := range sorted(l.MaxLimitRequestRatio) {
		ratio := l.MaxLimitRequestRatio[name]
		least, given := l.Min[name]
		most, bounded := l.Max[name]
		switch between := most.AsApproximateFloat64() / least.AsApproximateFloat64(); {
		case ratio.Cmp(*resource.NewQuantity(1, resource.DecimalSI)) < 0:
			j.bad(at.Key(string(name)), "is "+ratio.String(), "1 or more")
		case given && bounded && ratio.AsApproximateFloat64() > between:
			j.bad(at.Key(string(name)), "is "+ratio.String(), "at most max / min, "+strconv.FormatFloat(between, 'g', 4, 64))
		}
	}
}

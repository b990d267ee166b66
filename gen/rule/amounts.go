package rule

import (
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// mostCores is more than a container of these can make use of, and than most nodes have.
const mostCores = 128

var cpuCores = rule{
	"cpu-cores", diag.Warning,
	"cpu counts cores: \"500\" is five hundred, \"500m\" is half of one; a pod that asks for more than any node has stays Pending",
	func(in *intent.Intent, r *report) {
		for _, c := range []struct {
			path string
			runs bool
			res  corev1.ResourceRequirements
		}{
			{"resources", true, in.Resources}, {"reloader.resources", in.Reloader.Enabled, in.Reloader.Resources},
			{"promExporter.resources", in.PromExporter.Enabled, in.PromExporter.Resources}, {"natsBox.resources", in.NatsBox.Enabled, in.NatsBox.Resources},
		} {
			for _, of := range []struct {
				field string
				list  corev1.ResourceList
			}{{"requests", c.res.Requests}, {"limits", c.res.Limits}} {
				cpu, given := of.list[corev1.ResourceCPU]
				if !c.runs || !given || cpu.Cmp(resource.MustParse(strconv.Itoa(mostCores))) <= 0 {
					continue
				}
				f := finding{
					path:    append(at(c.path), of.field, "cpu"),
					message: fmt.Sprintf("cpu %s is more than %d cores", cpu.String(), mostCores),
					allowed: fmt.Sprintf("a number of cores, or thousandths of one: 500m is half of one, at most %d", mostCores),
				}
				if cores, whole := cpu.AsInt64(); whole {
					f.message = fmt.Sprintf("cpu %s is %d cores", cpu.String(), cores)
					f.mend = cueField(f.path, fmt.Sprintf("%q", fmt.Sprint(cores)+"m"))
				}
				r.add(f)
			}
		}
	},
}

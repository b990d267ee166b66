package valid

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"cuelang.org/go/cue/ast"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/natsyard/natsyard/gen/diag"
)

// evaluator is Pod Security admission, at its newest.
var evaluator = sync.OnceValue(func() policy.Evaluator {
	e, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		panic("Pod Security admission refuses its own checks: " + err.Error()) // cannot be
	}
	return e
})

// security warns of pods that a namespace at a level of the Pod Security Standards would not let in. What
// breaks baseline breaks restricted too, and is said once.
func (j *judgement) security(at *field.Path, meta *metav1.ObjectMeta, p *corev1.PodSpec) {
	var said []string
	for _, level := range []api.Level{api.LevelBaseline, api.LevelRestricted} {
		for _, r := range evaluator().EvaluatePod(api.LevelVersion{Level: level, Version: api.LatestVersion()}, meta, p) {
			if r.Allowed {
				continue
			}
			where := culprit(at, r, p)
			if slices.Contains(said, r.ForbiddenReason) || slices.Contains(said, where) {
				continue
			}
			if said = append(said, r.ForbiddenReason); strings.Contains(where, ".securityContext.") || strings.HasSuffix(where, "]") {
				said = append(said, where)
			}
			detail := r.ForbiddenReason
			if r.ForbiddenDetail != "" {
				detail += " (" + r.ForbiddenDetail + ")"
			}
			j.add(problem{
				path: where, group: r.ForbiddenReason, mend: safe(where), safe: true, rule: "pod-security-" + string(level), severity: diag.Warning,
				says: fmt.Sprintf("breaks the Pod Security Standard %s: %s", level, detail),
				why:  fmt.Sprintf("a namespace that enforces the level %s lets no such pod in", level),
			})
		}
	}
}

// safe is the intent's field for a setting of a container or a pod, with a value that the standard allows; ""
// where there is none, or the container is natsyard's own.
func safe(path string) string {
	m := regexp.MustCompile(`(?:\b(containers|initContainers)\[([^]]+)\]\.)?securityContext\.([\w.]+)$`).FindStringSubmatch(path)
	if m == nil || safeValues[m[3]] == "" {
		return ""
	}
	field := "podSecurityContext: "
	if m[1] != "" {
		if slices.Contains([]string{"nats", "reloader", "prom-exporter", "nats-box"}, m[2]) {
			return ""
		}
		field = fmt.Sprintf("extra%s%s: %s: securityContext: ", strings.ToUpper(m[1][:1]), m[1][1:], label(m[2]))
	}
	return field + strings.ReplaceAll(m[3], ".", ": ") + ": " + safeValues[m[3]]
}

func label(name string) string {
	if ast.StringLabelNeedsQuoting(name) {
		return strconv.Quote(name)
	}
	return name
}

// safeValues are what the standard restricted asks of security contexts.
var safeValues = map[string]string{
	"allowPrivilegeEscalation": "false", "privileged": "false", "runAsNonRoot": "true", "capabilities.drop": `["ALL"]`, "seccompProfile.type": `"RuntimeDefault"`, "runAsUser": "1000",
}

var (
	quoted  = regexp.MustCompile(`"([^"]+)"`)
	setting = regexp.MustCompile(`\b(securityContext(?:\.\w+)+)`)
	// ofReason are the fields that reasons are about which do not name one.
	ofReason = map[string]string{
		"hostPort": "ports", "privileged": "securityContext.privileged", "runAsUser=0": "securityContext.runAsUser",
		"seLinuxOptions": "securityContext.seLinuxOptions", "forbidden sysctls": "securityContext.sysctls",
	}
)

// culprit is where the words of a check point at: a container, a volume, or the pod.
func culprit(template *field.Path, r policy.CheckResult, p *corev1.PodSpec) string {
	at := spec
	if template != nil {
		at = template.Child("spec")
	}
	rest := ofReason[r.ForbiddenReason]
	if m := setting.FindString(r.ForbiddenDetail); m != "" {
		rest = m
	}
	below := func(at *field.Path) string {
		if rest == "" {
			return at.String()
		}
		return at.String() + "." + rest
	}
	of := func(at *field.Path, containers []corev1.Container, name string) string {
		for _, c := range containers {
			if at := at.Key(name); c.Name == name {
				if rest == "ports" {
					return hostPort(at.Child("ports"), c.Ports).String()
				}
				return below(at)
			}
		}
		return ""
	}
	for _, m := range quoted.FindAllStringSubmatch(r.ForbiddenDetail, -1) {
		where := cmp.Or(of(at.Child("containers"), p.Containers, m[1]), of(at.Child("initContainers"), p.InitContainers, m[1]))
		switch {
		case where != "":
			return where
		case slices.ContainsFunc(p.Volumes, func(v corev1.Volume) bool { return v.Name == m[1] }):
			return at.Child("volumes").Key(m[1]).String()
		}
	}
	return below(at)
}

// hostPort is the first port that is the node's too.
func hostPort(at *field.Path, ports []corev1.ContainerPort) *field.Path {
	for i, p := range ports {
		switch {
		case p.HostPort == 0:
		case p.Name != "":
			return at.Key(p.Name).Child("hostPort")
		default:
			return at.Index(i).Child("hostPort")
		}
	}
	return at
}

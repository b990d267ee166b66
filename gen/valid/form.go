package valid

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/robfig/cron/v3"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// forms are the forms of text that hand.txt names. Each says what is allowed where a value does not have it, in the
// words of Kubernetes' library where it has the form.
var forms = map[string]func(string) []string{
	"absolute":    absolute,
	"address":     address,
	"domainPath":  domainPath,
	"driver":      func(s string) []string { return content.IsDNS1123Subdomain(strings.ToLower(s)) },
	"external":    external,
	"header":      validation.IsHTTPHeaderName,
	"inside":      inside,
	"key":         validation.IsConfigMapKey,
	"label":       content.IsDNS1123Label,
	"limited":     limited,
	"mode":        mode,
	"natural":     func(s string) []string { return atLeast(s, 0, "0 or more") },
	"portName":    validation.IsValidPortName,
	"provisioner": func(s string) []string { return content.IsLabelKey(strings.ToLower(s)) },
	"positive":    func(s string) []string { return atLeast(s, 1, "more than 0") },
	"qualified":   content.IsLabelKey,
	"resource":    containerResource,
	"schedule":    schedule,
	"search":      search,
	"segment":     content.IsPathSegmentName,
	"subdomain":   content.IsDNS1123Subdomain,
	"sysctl":      sysctl,
	"trimmed":     trimmed,
	"upright":     upright,
	"zone":        zone,
}

func unless(ok bool, allowed string) []string {
	if ok {
		return nil
	}
	return []string{allowed}
}

func absolute(s string) []string {
	return unless(strings.HasPrefix(s, "/"), "a path, beginning with '/'")
}

func climbs(s string) bool { return slices.Contains(strings.Split(s, "/"), "..") }

// upright paths do not climb.
func upright(s string) []string { return unless(!climbs(s), "a path without '..'") }

// inside judges a path that may not leave its volume.
func inside(s string) []string {
	return unless(!strings.HasPrefix(s, "/") && !climbs(s), "a relative path without '..'")
}

func trimmed(s string) []string {
	return unless(strings.TrimSpace(s) == s, "an image's name without spaces around it")
}

// address is what all versions take, IPv4 with leading zeros too.
func address(s string) []string {
	return unless(len(validation.IsValidIPForLegacyField(nil, s, false, nil)) == 0, `an address such as "10.9.8.7" or "2001:db8::ffff"`)
}

// external is an address from outside of a node.
func external(s string) []string {
	if reasons := address(s); reasons != nil {
		return reasons
	}
	a, err := netip.ParseAddr(s)
	return unless(err != nil || !a.IsUnspecified() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !a.IsLinkLocalMulticast(),
		"an address that leads to the cluster from outside")
}

func domainPath(s string) []string {
	return unless(len(validation.IsDomainPrefixedPath(nil, s)) == 0 && len(s) <= 63, `<domain>/<path>, such as "example.com/queue"`)
}

func search(s string) []string {
	if s == "." {
		return nil
	}
	return validation.IsDNS1123SubdomainWithUnderscore(strings.TrimSuffix(s, "."))
}

var sysctlName = regexp.MustCompile(`^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$`)

func sysctl(s string) []string {
	return unless(sysctlName.MatchString(s) && len(s) <= 253, `a name such as "net.core.somaxconn"`)
}

// limited is what a LimitRange has limits for.
func limited(s string) []string {
	switch corev1.LimitType(s) {
	case corev1.LimitTypePod, corev1.LimitTypeContainer, corev1.LimitTypePersistentVolumeClaim:
		return nil
	}
	return unless(strings.Contains(s, "/") && len(content.IsLabelKey(s)) == 0, `"Pod", "Container", "PersistentVolumeClaim" or <domain>/<name>`)
}

// containerResource is what a container may ask for.
func containerResource(s string) []string {
	switch {
	case s == "cpu", s == "memory", s == "ephemeral-storage", strings.HasPrefix(s, corev1.ResourceHugePagesPrefix):
		return nil
	case !strings.Contains(s, "/"):
		return []string{"cpu, memory, ephemeral-storage, hugepages-<size> or <domain>/<name>"}
	}
	return content.IsLabelKey(s)
}

func atLeast(s string, sign int, allowed string) []string {
	q, err := resource.ParseQuantity(s)
	return unless(err != nil || q.Sign() >= sign, allowed)
}

// mode is who may do what with a file. JSON has no octal numbers, and YAML only those with a 0 before them.
func mode(s string) []string {
	n, err := strconv.ParseInt(s, 10, 64)
	if err == nil && n >= 0 && n <= 0o777 {
		return nil
	}
	allowed := "0 to 511, which is 0777 in octal"
	if octal, err := strconv.ParseInt(s, 8, 64); err == nil && octal >= 0 && octal <= 0o777 {
		allowed += fmt.Sprintf("; 0%s in octal is %d", s, octal)
	}
	return []string{allowed}
}

// schedule is when a CronJob runs, read as Kubernetes reads it.
func schedule(s string) []string {
	if strings.Contains(s, "TZ") {
		return []string{"a schedule without a time zone, which is the field timeZone"}
	}
	_, err := cron.ParseStandard(s)
	if err != nil {
		reason, _, _ := strings.Cut(err.Error(), ": [")
		return []string{fmt.Sprintf(`minute, hour, day of month, month and day of week, such as "0 3 * * *" (%s)`, reason)}
	}
	return nil
}

// zone is a time zone. Which there are is for each machine to know, not for a render.
func zone(s string) []string {
	return unless(s != "" && !strings.EqualFold(s, "Local"), `a name of the IANA database, such as "Europe/Berlin"`)
}

// form adds a value that does not have its form.
func (j *judgement) form(at *field.Path, value string, reasons []string) {
	if len(reasons) > 0 {
		j.bad(at, "is "+shown(value), reasons...)
	}
}

package valid

import (
	"fmt"
	"net/netip"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	content "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/natsyard/natsyard/gen/diag"
)

func (j *judgement) service(o *corev1.Service) {
	s := &o.Spec
	outside := s.Type == corev1.ServiceTypeNodePort || s.Type == corev1.ServiceTypeLoadBalancer
	headless := s.ClusterIP == corev1.ClusterIPNone
	j.labels(spec.Child("selector"), s.Selector)
	switch {
	case s.Type == corev1.ServiceTypeExternalName:
		if j.needs(spec.Child("externalName"), s.ExternalName != "") {
			j.form(spec.Child("externalName"), s.ExternalName, content.IsDNS1123Subdomain(strings.TrimSuffix(s.ExternalName, ".")))
		}
	case headless && outside:
		j.bad(spec.Child("clusterIP"), fmt.Sprintf("is None, with the type %s", s.Type))
	case !headless:
		j.needs(spec.Child("ports"), len(s.Ports) > 0)
	}
	j.clusterIPs(s)
	if s.SessionAffinity != corev1.ServiceAffinityClientIP && s.SessionAffinityConfig != nil {
		j.add(problem{
			path: spec.Child("sessionAffinityConfig").String(), rule: ruleWarning, severity: diag.Warning,
			says: "is given without the session affinity ClientIP", why: "the API server drops it in silence",
		})
	}
	for field, given := range map[string]bool{
		"loadBalancerClass": s.LoadBalancerClass != nil, "loadBalancerSourceRanges": len(s.LoadBalancerSourceRanges) > 0,
		"allocateLoadBalancerNodePorts": s.AllocateLoadBalancerNodePorts != nil,
	} {
		if given && s.Type != corev1.ServiceTypeLoadBalancer {
			j.bad(spec.Child(field), "is given without the type LoadBalancer")
		}
	}
	if s.ExternalTrafficPolicy != "" && !outside && len(s.ExternalIPs) == 0 {
		j.bad(spec.Child("externalTrafficPolicy"), "is given without the type NodePort or LoadBalancer")
	}
	if s.HealthCheckNodePort != 0 && (s.Type != corev1.ServiceTypeLoadBalancer || s.ExternalTrafficPolicy != corev1.ServiceExternalTrafficPolicyLocal) {
		j.bad(spec.Child("healthCheckNodePort"), "is given without the type LoadBalancer and externalTrafficPolicy Local")
	}
	for i, r := range s.LoadBalancerSourceRanges {
		j.network(spec.Child("loadBalancerSourceRanges").Index(i), strings.TrimSpace(r))
	}
	if text, is := o.Annotations[corev1.AnnotationLoadBalancerSourceRangesKey]; is && len(s.LoadBalancerSourceRanges) == 0 {
		at := metadata.Child("annotations").Key(corev1.AnnotationLoadBalancerSourceRangesKey)
		if s.Type != corev1.ServiceTypeLoadBalancer {
			j.bad(at, "is given without the type LoadBalancer")
		}
		for r := range strings.SplitSeq(text, ",") {
			if strings.TrimSpace(text) != "" {
				j.network(at, strings.TrimSpace(r))
			}
		}
	}
	j.servicePorts(s, outside)
}

// clusterIPs judges the addresses of a Service inside of the cluster, and their families.
func (j *judgement) clusterIPs(s *corev1.ServiceSpec) {
	if s.Type == corev1.ServiceTypeExternalName {
		for field, given := range map[string]bool{
			"clusterIP": s.ClusterIP != "", "clusterIPs": len(s.ClusterIPs) > 0,
			"ipFamilies": len(s.IPFamilies) > 0, "ipFamilyPolicy": s.IPFamilyPolicy != nil,
		} {
			if given {
				j.bad(spec.Child(field), "is given with the type ExternalName")
			}
		}
		return
	}
	if ip := s.ClusterIP; ip != "" && ip != corev1.ClusterIPNone && len(address(ip)) > 0 {
		j.bad(spec.Child("clusterIP"), "is "+shown(ip), append(address(ip), `"None"`)...)
	}
	at := spec.Child("clusterIPs")
	for i, ip := range s.ClusterIPs {
		switch at := at.Index(i); {
		case i == 0 && ip != s.ClusterIP:
			j.bad(at, "is "+shown(ip), "clusterIP, "+shown(s.ClusterIP))
		case ip == corev1.ClusterIPNone && len(s.ClusterIPs) > 1:
			j.bad(at, "is None, beside others")
		case i > 0 && ip != corev1.ClusterIPNone:
			j.form(at, ip, address(ip))
		}
	}
	if len(s.ClusterIPs) > 2 {
		j.bad(at, fmt.Sprintf("has %d addresses", len(s.ClusterIPs)), "one of each family")
	}
	seen := map[string]bool{}
	for i, f := range s.IPFamilies {
		j.unique(seen, spec.Child("ipFamilies").Index(i), string(f))
	}
}

func (j *judgement) servicePorts(s *corev1.ServiceSpec, outside bool) {
	names, ports, nodes := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range s.Ports {
		p := &s.Ports[i]
		at := spec.Child("ports").Index(i)
		if p.Name != "" {
			at = spec.Child("ports").Key(p.Name)
		} else if len(s.Ports) > 1 {
			j.needs(at.Child("name"), false)
		}
		protocol := string(p.Protocol)
		if protocol == "" {
			protocol = "TCP"
		}
		j.unique(names, at.Child("name"), p.Name)
		j.unique(ports, at.Child("port"), fmt.Sprintf("%d/%s", p.Port, protocol))
		if p.TargetPort.IntVal != 0 || p.TargetPort.StrVal != "" {
			j.portOrName(at.Child("targetPort"), p.TargetPort)
		}
		if p.NodePort == 0 {
			continue
		}
		if !outside && s.Type != corev1.ServiceTypeExternalName {
			j.bad(at.Child("nodePort"), "is given without the type NodePort or LoadBalancer")
		}
		j.unique(nodes, at.Child("nodePort"), fmt.Sprintf("%d/%s", p.NodePort, protocol))
	}
}

func (j *judgement) port(at *field.Path, port int32) {
	if reasons := content.IsValidPortNum(int(port)); len(reasons) > 0 {
		j.bad(at, fmt.Sprintf("is %d", port), reasons...)
	}
}

func (j *judgement) portOrName(at *field.Path, p intstr.IntOrString) {
	if p.Type == intstr.String {
		j.form(at, p.StrVal, content.IsValidPortName(p.StrVal))
		return
	}
	j.port(at, p.IntVal)
}

// network judges an address with the length of its prefix.
func (j *judgement) network(at *field.Path, text string) netip.Prefix {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		j.bad(at, "is "+shown(text), `a network such as "10.0.0.0/8"`)
	}
	return p
}

func (j *judgement) networkPolicy(o *networkingv1.NetworkPolicy) {
	j.selector(spec.Child("podSelector"), &o.Spec.PodSelector)
	for i, r := range o.Spec.Ingress {
		j.peers(spec.Child("ingress").Index(i), "from", r.Ports, r.From)
	}
	for i, r := range o.Spec.Egress {
		j.peers(spec.Child("egress").Index(i), "to", r.Ports, r.To)
	}
}

func (j *judgement) peers(at *field.Path, side string, ports []networkingv1.NetworkPolicyPort, peers []networkingv1.NetworkPolicyPeer) {
	for i, p := range ports {
		at := at.Child("ports").Index(i)
		if p.Port != nil {
			j.portOrName(at.Child("port"), *p.Port)
		}
		if p.EndPort != nil && (p.Port == nil || p.Port.Type == intstr.String || *p.EndPort < p.Port.IntVal) {
			j.bad(at.Child("endPort"), fmt.Sprintf("is %d", *p.EndPort), "a number from port on, where port is a number")
		}
	}
	for i, p := range peers {
		at := at.Child(side).Index(i)
		switch {
		case p.IPBlock == nil && p.PodSelector == nil && p.NamespaceSelector == nil:
			j.bad(at, "is empty", "podSelector, namespaceSelector or ipBlock")
		case p.IPBlock != nil && (p.PodSelector != nil || p.NamespaceSelector != nil):
			j.bad(at.Child("ipBlock"), "is given beside a selector", "podSelector and namespaceSelector, or ipBlock")
		}
		j.selector(at.Child("podSelector"), p.PodSelector)
		j.selector(at.Child("namespaceSelector"), p.NamespaceSelector)
		if p.IPBlock == nil {
			continue
		}
		whole := j.network(at.Child("ipBlock", "cidr"), p.IPBlock.CIDR)
		for n, e := range p.IPBlock.Except {
			at := at.Child("ipBlock", "except").Index(n)
			if part := j.network(at, e); whole.IsValid() && part.IsValid() && (!whole.Contains(part.Addr()) || part.Bits() <= whole.Bits()) {
				j.bad(at, "is "+shown(e), "a network within "+p.IPBlock.CIDR)
			}
		}
	}
}

func (j *judgement) ingress(o *networkingv1.Ingress) {
	s := &o.Spec
	if s.DefaultBackend == nil && len(s.Rules) == 0 {
		j.bad(spec, "has neither rules nor defaultBackend")
	}
	const class = "kubernetes.io/ingress.class"
	if old, is := o.Annotations[class]; is && s.IngressClassName != nil && old != *s.IngressClassName {
		j.bad(metadata.Child("annotations").Key(class), "is "+shown(old)+", where ingressClassName is "+shown(*s.IngressClassName), "one of the two")
	}
	if s.DefaultBackend != nil {
		j.backend(spec.Child("defaultBackend"), s.DefaultBackend)
	}
	for i, t := range s.TLS {
		for n, host := range t.Hosts {
			j.host(spec.Child("tls").Index(i).Child("hosts").Index(n), host)
		}
	}
	for i, r := range s.Rules {
		at := spec.Child("rules").Index(i)
		if r.Host != "" {
			j.host(at.Child("host"), r.Host)
			if len(address(r.Host)) == 0 {
				j.bad(at.Child("host"), "is "+shown(r.Host), "a name, and no address")
			}
		}
		if r.HTTP == nil {
			continue
		}
		j.needs(at.Child("http", "paths"), len(r.HTTP.Paths) > 0)
		for n := range r.HTTP.Paths {
			p := &r.HTTP.Paths[n]
			at := at.Child("http", "paths").Index(n)
			if p.PathType != nil {
				j.path(at.Child("path"), p.Path, *p.PathType == networkingv1.PathTypeImplementationSpecific)
			}
			j.backend(at.Child("backend"), &p.Backend)
		}
	}
}

// path judges the path of a request, of which the controller knows more where it is specific to it.
func (j *judgement) path(at *field.Path, path string, specific bool) {
	if specific && path == "" {
		return
	}
	if !strings.HasPrefix(path, "/") {
		j.bad(at, "is "+shown(path), absolute(path)...)
	}
	for _, part := range []string{"//", "/./", "/../", "%2f", "%2F"} {
		if !specific && strings.Contains(path, part) {
			j.bad(at, "is "+shown(path), "a path without "+part)
		}
	}
	for _, end := range []string{"/..", "/."} {
		if !specific && strings.HasSuffix(path, end) {
			j.bad(at, "is "+shown(path), "a path that does not end with "+end)
		}
	}
}

func (j *judgement) host(at *field.Path, host string) {
	if strings.Contains(host, "*") {
		j.form(at, host, content.IsWildcardDNS1123Subdomain(host))
		return
	}
	j.form(at, host, content.IsDNS1123Subdomain(host))
}

func (j *judgement) backend(at *field.Path, b *networkingv1.IngressBackend) {
	switch {
	case (b.Service == nil) == (b.Resource == nil):
		j.bad(at, "must have one of service and resource")
	case b.Service != nil:
		if b.Service.Name != "" {
			j.form(at.Child("service", "name"), b.Service.Name, j.serviceName(b.Service.Name))
		}
		if (b.Service.Port.Name == "") == (b.Service.Port.Number == 0) {
			j.bad(at.Child("service", "port"), "must have one of name and number")
		}
	}
}

package kube

import (
	"cmp"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

var serviceType = metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}

// service is the Service that clients connect to. It shows a port where both the port and
// its listener are on.
func service(in *intent.Intent) *corev1.Service {
	given := in.Service
	shown := map[string]schema.ExtraPort{}
	for name, port := range given.Ports {
		if port.Enabled {
			shown[name] = schema.ExtraPort{Port: port.Port, NodePort: port.NodePort}
		}
	}
	return &corev1.Service{
		TypeMeta:   serviceType,
		ObjectMeta: objectMeta(in, server, in.ServiceName(), given.Annotations),
		Spec: serviceSpec(in, given.Type, shown, schema.ServiceTraffic{
			LoadBalancerClass:        given.LoadBalancerClass,
			LoadBalancerSourceRanges: given.LoadBalancerSourceRanges,
			ExternalTrafficPolicy:    given.ExternalTrafficPolicy,
			InternalTrafficPolicy:    given.InternalTrafficPolicy,
			TrafficDistribution:      given.TrafficDistribution,
			IpFamilyPolicy:           given.IpFamilyPolicy,
		}),
	}
}

// extraServices are the user's further Services that are on, by key.
func extraServices(in *intent.Intent) (services []*corev1.Service) {
	for _, key := range slices.Sorted(maps.Keys(in.ExtraServices)) {
		given := in.ExtraServices[key]
		if !given.Enabled {
			continue
		}
		services = append(services, &corev1.Service{
			TypeMeta:   serviceType,
			ObjectMeta: objectMeta(in, server, in.ExtraServiceName(key), given.Annotations),
			Spec: serviceSpec(in, given.Type, given.Ports, schema.ServiceTraffic{
				LoadBalancerClass:        given.LoadBalancerClass,
				LoadBalancerSourceRanges: given.LoadBalancerSourceRanges,
				ExternalTrafficPolicy:    given.ExternalTrafficPolicy,
				InternalTrafficPolicy:    given.InternalTrafficPolicy,
				TrafficDistribution:      given.TrafficDistribution,
				IpFamilyPolicy:           given.IpFamilyPolicy,
			}),
		})
	}
	return services
}

// serviceSpec leads to all servers, by those of the ports whose listener is on.
func serviceSpec(in *intent.Intent, kind string, shown map[string]schema.ExtraPort, traffic schema.ServiceTraffic) corev1.ServiceSpec {
	spec := corev1.ServiceSpec{
		Selector:                 selector(in, server),
		LoadBalancerClass:        optional[string](traffic.LoadBalancerClass),
		LoadBalancerSourceRanges: traffic.LoadBalancerSourceRanges,
		ExternalTrafficPolicy:    corev1.ServiceExternalTrafficPolicy(traffic.ExternalTrafficPolicy),
		InternalTrafficPolicy:    optional[corev1.ServiceInternalTrafficPolicy](traffic.InternalTrafficPolicy),
		TrafficDistribution:      optional[string](traffic.TrafficDistribution),
		IPFamilyPolicy:           optional[corev1.IPFamilyPolicy](traffic.IpFamilyPolicy),
	}
	for _, l := range in.Listeners() {
		given, ok := shown[l.Name]
		if !ok {
			continue
		}
		port := servicePort(l)
		port.Port = cmp.Or(value(given.Port), l.Port)
		port.NodePort = value(given.NodePort)
		spec.Ports = append(spec.Ports, port)
	}
	if kind := corev1.ServiceType(kind); kind != corev1.ServiceTypeClusterIP {
		spec.Type = kind // ClusterIP is Kubernetes' default
	}
	return spec
}

// headlessService gives each server its DNS name. Routes need that name before the server
// is ready, and the server is not ready before it has routes.
func headlessService(in *intent.Intent) *corev1.Service {
	var ports []corev1.ServicePort
	for _, l := range in.Listeners() {
		ports = append(ports, servicePort(l))
	}
	return &corev1.Service{
		TypeMeta:   serviceType,
		ObjectMeta: objectMeta(in, server, in.HeadlessName(), in.HeadlessService.Annotations),
		Spec: corev1.ServiceSpec{
			ClusterIP:                corev1.ClusterIPNone,
			PublishNotReadyAddresses: true,
			Selector:                 selector(in, server),
			Ports:                    ports,
		},
	}
}

// shownBy is the Service by which what is inside the Kubernetes cluster reaches a listener, and
// its port: the client Service, or where that does not show it, the headless one.
func shownBy(in *intent.Intent, listener string, port int32) (string, int32) {
	if shown := in.Service.Ports[listener]; in.Service.Enabled && shown.Enabled {
		return in.ServiceName(), cmp.Or(value(shown.Port), port)
	}
	return in.HeadlessName(), port
}

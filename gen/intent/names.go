package intent

import (
	"cmp"
)

// The names of the objects are the official Helm chart's, so that a running release is
// adopted in place.

// Instance is the value of the label app.kubernetes.io/instance.
func (i *Intent) Instance() string { return cmp.Or(i.Intent.Instance, i.Name) }

// StatefulSetName is the name of the StatefulSet and the stem of the pods' names.
func (i *Intent) StatefulSetName() string { return cmp.Or(i.StatefulSet.Name, i.Name) }

// HeadlessName is the name of the headless Service.
func (i *Intent) HeadlessName() string { return cmp.Or(i.HeadlessService.Name, i.Name+"-headless") }

// ServiceName is the name of the client Service.
func (i *Intent) ServiceName() string { return cmp.Or(i.Service.Name, i.Name) }

// ConfigMapName is the name of the ConfigMap that holds nats.conf.
func (i *Intent) ConfigMapName() string { return cmp.Or(i.ConfigMap.Name, i.Name+"-config") }

// PodDisruptionBudgetName is the name of the PodDisruptionBudget.
func (i *Intent) PodDisruptionBudgetName() string {
	return cmp.Or(i.PodDisruptionBudget.Name, i.Name)
}

// NetworkPolicyName is the name of the NetworkPolicy.
func (i *Intent) NetworkPolicyName() string { return cmp.Or(i.NetworkPolicy.Name, i.Name) }

// PodMonitorName is the name of the PodMonitor.
func (i *Intent) PodMonitorName() string { return cmp.Or(i.PromExporter.PodMonitor.Name, i.Name) }

// ServiceAccountName is the ServiceAccount of the pods; "" is the namespace's own default.
func (i *Intent) ServiceAccountName() string {
	if i.ServiceAccount.Enabled {
		return cmp.Or(i.ServiceAccount.Name, i.Name)
	}
	return i.ServiceAccount.Name
}

// JetStreamClaimName is the name of the claim template, and of the volume, of the file store.
func (i *Intent) JetStreamClaimName() string {
	if f := i.fileStore(); f != nil && f.Pvc.Name != "" {
		return f.Pvc.Name
	}
	return i.Name + "-js"
}

// BoxName is the name of the nats-box Deployment.
func (i *Intent) BoxName() string { return cmp.Or(i.NatsBox.Name, i.Name+"-box") }

// BoxContextsName is the name of the ConfigMap that holds the contexts of nats-box.
func (i *Intent) BoxContextsName() string { return i.Name + "-box-contexts" }

// ClusterName is the name of the NATS cluster.
func (i *Intent) ClusterName() string { return cmp.Or(i.Cluster.Name, i.StatefulSetName()) }

// ResolverClaimName is the name of the claim template, and of the volume, of the JWTs.
func (i *Intent) ResolverClaimName() string {
	if i.Resolver == nil {
		return i.Name + "-resolver"
	}
	return cmp.Or(i.Resolver.Pvc.Name, i.Name+"-resolver")
}

// ExtraServiceName is the name of an extra Service, by its key.
func (i *Intent) ExtraServiceName(key string) string {
	return cmp.Or(i.ExtraServices[key].Name, i.Name+"-"+key)
}

// IngressName is the name of the Ingress that leads to the websocket.
func (i *Intent) IngressName() string {
	if i.Websocket == nil || i.Websocket.Ingress == nil {
		return i.Name + "-ws"
	}
	return cmp.Or(i.Websocket.Ingress.Name, i.Name+"-ws")
}

// HTTPRouteName is the name of the HTTPRoute that leads to the websocket.
func (i *Intent) HTTPRouteName() string {
	if i.Websocket == nil || i.Websocket.HttpRoute == nil {
		return i.Name + "-ws"
	}
	return cmp.Or(i.Websocket.HttpRoute.Name, i.Name+"-ws")
}

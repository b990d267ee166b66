package kube

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/natsyard/natsyard/gen/intent"
)

// gatewayAPI is the group of the Gateway API.
const gatewayAPI = "gateway.networking.k8s.io"

// httpRoute is the part of the Gateway API's HTTPRoute that natsyard writes. What has a default
// there is written all the same: the API server fills it in, and Argo CD then sees drift for
// ever (argoproj/argo-cd#22151).
type httpRoute struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec httpRouteSpec `json:"spec"`
}

type httpRouteSpec struct {
	ParentRefs []routeParent `json:"parentRefs"`
	Hostnames  []string      `json:"hostnames,omitempty"`
	Rules      []routeRule   `json:"rules"`
}

type routeParent struct {
	Group       string `json:"group"`
	Kind        string `json:"kind"`
	Name        string `json:"name"`
	Namespace   string `json:"namespace,omitempty"`
	SectionName string `json:"sectionName,omitempty"`
	Port        *int32 `json:"port,omitempty"`
}

type routeRule struct {
	Matches     []routeMatch   `json:"matches"`
	BackendRefs []routeBackend `json:"backendRefs"`
}

type routeMatch struct {
	Path routePath `json:"path"`
}

type routePath struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

type routeBackend struct {
	Group  string `json:"group"`
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Port   int32  `json:"port"`
	Weight int32  `json:"weight"`
}

// websocketRoute leads to the websocket through a Gateway.
func websocketRoute(in *intent.Intent) *httpRoute {
	given := in.Websocket.HttpRoute
	to, port := shownBy(in, intent.ListenerWebSocket, in.Websocket.Port)
	var parents []routeParent
	for _, p := range given.ParentRefs {
		parents = append(parents, routeParent{
			Group: gatewayAPI, Kind: "Gateway",
			Name: p.Name, Namespace: p.Namespace, SectionName: p.SectionName, Port: p.Port,
		})
	}
	return &httpRoute{
		TypeMeta:   metav1.TypeMeta{APIVersion: gatewayAPI + "/v1", Kind: "HTTPRoute"},
		ObjectMeta: objectMeta(in, server, in.HTTPRouteName(), given.Annotations),
		Spec: httpRouteSpec{
			ParentRefs: parents,
			Hostnames:  given.Hostnames,
			Rules: []routeRule{{
				Matches:     []routeMatch{{Path: routePath{Type: given.PathType, Value: given.Path}}},
				BackendRefs: []routeBackend{{Kind: "Service", Name: to, Port: port, Weight: 1}},
			}},
		},
	}
}

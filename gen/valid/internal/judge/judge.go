// Package judge is Kubernetes' own validation of objects that are created: defaults, strategies and validation
// functions of the API server, without the server. It is a module of its own, for k8s.io/kubernetes is no library:
// only the tests that hold gen/valid against it need it, and `make test-kubernetes` runs them.
package judge

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install"
	_ "k8s.io/kubernetes/pkg/apis/storage/install"
	"k8s.io/kubernetes/pkg/capabilities"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/limitrange"
	"k8s.io/kubernetes/pkg/registry/core/resourcequota"
	"k8s.io/kubernetes/pkg/registry/core/secret"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrole"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrolebinding"
	"k8s.io/kubernetes/pkg/registry/rbac/role"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"
	"k8s.io/kubernetes/pkg/registry/scheduling/priorityclass"
	"k8s.io/kubernetes/pkg/registry/storage/storageclass"
)

var strategies = map[string]rest.RESTCreateStrategy{
	"apps/v1 DaemonSet":                               daemonset.Strategy,
	"apps/v1 Deployment":                              deployment.Strategy,
	"apps/v1 StatefulSet":                             statefulset.Strategy,
	"autoscaling/v2 HorizontalPodAutoscaler":          horizontalpodautoscaler.Strategy,
	"batch/v1 CronJob":                                cronjob.Strategy,
	"batch/v1 Job":                                    job.Strategy,
	"networking.k8s.io/v1 Ingress":                    ingress.Strategy,
	"networking.k8s.io/v1 NetworkPolicy":              networkpolicy.Strategy,
	"policy/v1 PodDisruptionBudget":                   poddisruptionbudget.Strategy,
	"rbac.authorization.k8s.io/v1 ClusterRole":        clusterrole.Strategy,
	"rbac.authorization.k8s.io/v1 ClusterRoleBinding": clusterrolebinding.Strategy,
	"rbac.authorization.k8s.io/v1 Role":               role.Strategy,
	"rbac.authorization.k8s.io/v1 RoleBinding":        rolebinding.Strategy,
	"scheduling.k8s.io/v1 PriorityClass":              priorityclass.Strategy,
	"storage.k8s.io/v1 StorageClass":                  storageclass.Strategy,
	"v1 ConfigMap":                                    configmap.Strategy,
	"v1 LimitRange":                                   limitrange.Strategy,
	"v1 ResourceQuota":                                resourcequota.Strategy,
	"v1 Secret":                                       secret.Strategy,
	"v1 Service":                                      service.Strategy,
	"v1 ServiceAccount":                               serviceaccount.Strategy,
}

func init() { capabilities.Initialize(capabilities.Capabilities{AllowPrivileged: true}) }

// Known tells whether objects of a kind can be judged.
func Known(o *unstructured.Unstructured) bool {
	return strategies[o.GetAPIVersion()+" "+o.GetKind()] != nil
}

// Create is why an API server does not create an object, nil where it does. It reads strictly, as it does for kubectl.
func Create(o *unstructured.Unstructured) error {
	s := strategies[o.GetAPIVersion()+" "+o.GetKind()]
	data, err := o.MarshalJSON()
	if err != nil {
		return err
	}
	codecs := serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict)
	json, ok := runtime.SerializerInfoForMediaType(codecs.SupportedMediaTypes(), runtime.ContentTypeJSON)
	if !ok {
		return fmt.Errorf("no serializer for %s", runtime.ContentTypeJSON)
	}
	gv := o.GroupVersionKind().GroupVersion()
	internal := schema.GroupVersion{Group: gv.Group, Version: runtime.APIVersionInternal}
	typed, _, err := codecs.DecoderToVersion(json.StrictSerializer, internal).Decode(data, nil, nil)
	if err != nil {
		return err
	}
	if svc, is := typed.(*core.Service); is {
		allocate(&svc.Spec)
	}
	m, err := meta.Accessor(typed)
	if err != nil {
		return err
	}
	namespace := ""
	if s.NamespaceScoped() {
		namespace = "default"
		m.SetNamespace(namespace)
	}
	ctx := request.WithNamespace(context.Background(), namespace)
	ctx = request.WithRequestInfo(ctx, &request.RequestInfo{APIGroup: gv.Group, APIVersion: gv.Version})
	rest.FillObjectMetaSystemFields(m)
	return rest.BeforeCreate(s, ctx, typed)
}

// allocate does what the storage of Services does before it validates.
func allocate(s *core.ServiceSpec) {
	if s.ClusterIP != "" && len(s.ClusterIPs) == 0 {
		s.ClusterIPs = []string{s.ClusterIP}
	}
	if s.Type == core.ServiceTypeLoadBalancer && s.ExternalTrafficPolicy == core.ServiceExternalTrafficPolicyLocal && s.HealthCheckNodePort == 0 {
		s.HealthCheckNodePort = 32000
	}
}

package rule

import (
	"fmt"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

var mqttNeedsJetStream = rule{
	"mqtt-needs-jetstream", diag.Error,
	"sessions, retained messages and what is sent with QoS 1 and 2 live in streams; no MQTT client can connect without them",
	func(in *intent.Intent, r *report) {
		if in.MQTTEnabled() && !in.JetStreamEnabled() && !reachesOthers(in) {
			r.add(finding{
				path:    at("mqtt"),
				message: "MQTT without JetStream",
				mend:    `jetstream: fileStore: pvc: size: "10Gi"`,
				needs:   "jetstream " + reachers,
			})
		}
	},
}

var mqttReplicas = rule{
	"mqtt-replicas", diag.Error,
	"a stream has each replica on a server of its own, and with zones in a zone of its own; the first MQTT client is turned away for want of servers",
	func(in *intent.Intent, r *report) {
		if !in.MQTTEnabled() || in.Mqtt.JsDomain != "" || reachesOthers(in) {
			return
		}
		mqttZones(in, r)
		if in.Mqtt.StreamReplicas == nil {
			return
		}
		if want := *in.Mqtt.StreamReplicas; want > int64(in.Cluster.Replicas) {
			r.add(finding{
				path:    at("mqtt.streamReplicas"),
				message: fmt.Sprintf("%d replicas of MQTT's streams need as many servers", want),
				allowed: fmt.Sprintf("at most %d", in.Cluster.Replicas),
				mend:    fmt.Sprintf("mqtt: streamReplicas: %d, or cluster: replicas: %d", in.Cluster.Replicas, want),
				needs:   reachers,
				see:     []see{{at("cluster.replicas"), "the number of servers"}},
			})
		}
	},
}

// mqttZones reports replicas of MQTT's streams that are to be in different zones, of which there are fewer.
func mqttZones(in *intent.Intent, r *report) {
	want, zones := int64(min(3, in.Cluster.Replicas)), int64(len(zoneNames(in))) // the server's own choice (mqtt.go, mqttDetermineReplicas)
	if in.Mqtt.StreamReplicas != nil {
		want = *in.Mqtt.StreamReplicas
	}
	if zones == 0 || want <= zones || want > int64(in.Cluster.Replicas) || !strings.HasPrefix(in.Zones.Tag+":", in.UniqueTag()) || in.UniqueTag() == "" {
		return
	}
	r.add(finding{
		path:    at("mqtt.streamReplicas"),
		message: fmt.Sprintf("%d replicas of MQTT's streams need as many zones", want),
		allowed: fmt.Sprintf("at most %d", zones),
		mend:    fmt.Sprintf("mqtt: streamReplicas: %d, or %d zones", zones, want),
		needs:   "zones jetstream cluster " + reachers,
		see:     []see{{at("zones.names"), "the zones, of which the replicas of a stream are to be in different ones"}},
	})
}

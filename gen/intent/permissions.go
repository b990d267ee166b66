package intent

import (
	"slices"

	"github.com/natsyard/natsyard/schema"
)

// Granted is what permissions come to: with the subjects of JetStream that they ask for. It is nil
// for a side on which everything is allowed.
func Granted(p *schema.Permissions) (publish, subscribe *schema.SubjectPermission) {
	if p == nil {
		return nil, nil
	}
	publish, subscribe = p.Publish, p.Subscribe
	if p.Jetstream != nil {
		pub, sub := jetStreamSubjects(*p.Jetstream)
		publish, subscribe = allowing(publish, pub), allowing(subscribe, sub)
	}
	return publish, subscribe
}

// allowing adds subjects to those that are allowed.
func allowing(p *schema.SubjectPermission, subjects []string) *schema.SubjectPermission {
	var out schema.SubjectPermission
	if p != nil {
		out = *p
	}
	out.Allow = slices.Clone(out.Allow)
	for _, s := range subjects {
		if !slices.Contains(out.Allow, s) {
			out.Allow = append(out.Allow, s)
		}
	}
	return &out
}

// jetStreamSubjects are the subjects that a client of JetStream publishes and subscribes to
// (nats.go's API subjects). A subject with a stream of any name has a wildcard in its place, for
// no token can be a wildcard in part.
func jetStreamSubjects(j schema.JetStreamPermissions) (publish, subscribe []string) {
	api := "$JS.API."
	if j.Domain != "" {
		api = "$JS." + j.Domain + ".API."
	}
	subscribe = []string{j.InboxPrefix + ".>"}
	if j.Manage {
		return []string{api + ">", "$JS.ACK.>", "$JS.FC.>", "$KV.>", "$O.>"}, subscribe
	}
	publish = []string{api + "INFO", api + "STREAM.NAMES"}
	streams := slices.Clone(j.Streams)
	var stored []string
	for _, bucket := range j.Buckets {
		stream, subjects := "KV_"+bucket, "$KV."+bucket+".>"
		if bucket == "*" {
			stream, subjects = "*", "$KV.>"
		}
		if !slices.Contains(streams, stream) {
			streams = append(streams, stream)
		}
		stored = append(stored, subjects)
		if j.Domain != "" {
			stored = append(stored, api+subjects)
		}
	}
	for _, s := range streams {
		publish = append(publish,
			api+"STREAM.INFO."+s,
			api+"STREAM.MSG.GET."+s,
			api+"DIRECT.GET."+s,
			api+"DIRECT.GET."+s+".>",
			api+"CONSUMER.CREATE."+s,
			api+"CONSUMER.CREATE."+s+".>",
			api+"CONSUMER.DURABLE.CREATE."+s+".*",
			api+"CONSUMER.INFO."+s+".*",
			api+"CONSUMER.NAMES."+s,
			api+"CONSUMER.LIST."+s,
			api+"CONSUMER.DELETE."+s+".*",
			api+"CONSUMER.MSG.NEXT."+s+".*",
			"$JS.ACK."+s+".>",
			"$JS.ACK.*.*."+s+".>",
			"$JS.FC."+s+".>",
		)
	}
	return append(publish, stored...), subscribe
}

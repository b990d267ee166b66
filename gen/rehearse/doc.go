// Package rehearse starts what intents render: the real nats-server for every pod, in this process, on
// loopback addresses.
package rehearse

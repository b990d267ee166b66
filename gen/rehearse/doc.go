// Package rehearse starts what intents render: the real nats-server for every pod of one environment or of
// several, in this process and on loopback, with the configuration that the pods would read. Clients then
// connect, are refused where they should be, and see messages cross routes, gateways and leaf nodes.
//
//	r, err := rehearse.Start(ctx, rehearse.Plan{Clusters: []rehearse.Cluster{{in, c}}}) // of intent.Load and conf.Build
//	defer r.Stop(ctx)
//	login, err := r.Login("prod", "APP", "alice")
//	conn, err := r.Connect("prod", login)
//	seen, err := r.Observe()
//
// # What is as in the cluster
//
// The text of nats.conf, variables in place. Ports: each server has an address of its own in 127.0.0.0/8, all
// of which only Linux has without further ado. The names of pods and Services, as their own cluster sees
// them, and those of the world outside, as Plan.Hosts and the intents say. Certificates: an authority
// of the rehearsal issues exactly the names that cert-manager would be asked for, so that one that is missing fails
// here too; for a certificate of a Secret, which natsyard does not know, it takes the names that are
// needed. Users: they log in by Login. What is stored, and that it outlives Server.Stop and Server.Start.
//
// # What is not
//
//   - Paths lead to a directory that plays the root of the server's file system.
//   - A hash or a public nkey of a user becomes a password or a key of the rehearsal.
//   - There is no load balancer: an address whose port is another than the listener's leads to the listener, and
//     wss:// to a listener without TLS becomes ws://.
//   - There is no HTTP proxy, no OCSP responder, and no pinned certificate. A listener whose ocspPeer asks about clients
//     refuses them.
//   - The rehearsal's authority takes the place of those of the image.
//   - Zones that servers learn from their nodes are zone-0, zone-1 and zone-2 in turn.
//   - The address at the other end of a gateway or leaf remote that is no part of the rehearsal leads nowhere.
//   - Of a Service, its ports and a NetworkPolicy are not enforced, and sidecars do not run.
//
// Paths, zones and authorities apart, Observations.Changes says each that was met, and Observations.Missing what
// leads nowhere. A max_file_store larger than this disk stays: the server takes it.
//
// # What else is touched
//
// Files are below one directory for temporary files, and gone after Stop. No name is looked up outside of the
// process, and no connection leaves loopback. Rehearsals do not share anything, and may run at the same time with
// the same names. nats-server's signal handlers, its own log and its resolver stay out.
//
// # To make a command of it
//
// Load and prove the environments as gen.Render does, Start them with a ctx that an interrupt ends, print Observe,
// and wait: Server.Addr has the addresses for other clients, Secret and Login what they log in with, TLS the
// authority. The errors of Start are for people: each line says what is missing, where, and what the servers complained of.
// Plan.Hosts and Plan.Secrets are flags. The test helper rehearsetest.Run is the same in a dozen lines.
package rehearse

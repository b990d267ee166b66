// Package oci holds what natsyard push publishes against Argo CD's own reader of OCI artifacts, of the version in go.mod.
package oci

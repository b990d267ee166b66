// Package proof holds what is beside it, in integrations/flux, against Flux's own code of the version in go.mod: its API types, its
// reader of OCI artifacts and its build of kustomizations.
package proof

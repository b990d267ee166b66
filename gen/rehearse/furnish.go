package rehearse

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/conf"
	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// furnish makes the servers of one cluster, and their files.
func (r *Rehearsal) furnish(n int, c Cluster) error {
	files, err := r.files(n, c.Intent)
	if err != nil {
		return err
	}
	pods := conf.PodsWith(c.Intent, func(key schema.SecretKey) string { return r.secrets.text(c.Intent.Environment, key) })
	for i, pod := range pods {
		r.complete(c.Intent, &pod, i)
		s := &Server{
			Environment: c.Intent.Environment, Name: pod.Name, r: r, cluster: n,
			address: r.names.all[n][i], dir: filepath.Join(r.dir, c.Intent.Environment, pod.Name),
		}
		m := mover{Rehearsal: r, cluster: n, server: s}
		text, found := c.Conf.Settled(c.Intent, pod, m.move)
		if len(found) > 0 {
			return findings(found)
		}
		if m.err != nil {
			return m.err
		}
		s.conf = string(text)
		for name, data := range files {
			if err := s.write(name, data); err != nil {
				return err
			}
		}
		if err := s.write("/var/run/nats/.keep", nil); err != nil { // the directory of pid_file
			return err
		}
		r.Servers = append(r.Servers, s)
	}
	return nil
}

func (s *Server) write(name string, data []byte) error {
	at := s.path(name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.WriteFile(at, data, 0o600)); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// complete gives a pod what only Kubernetes knows: the texts of Secrets that the user's own variables take,
// and a zone, for the scheduler spreads the servers over three.
func (r *Rehearsal) complete(in *intent.Intent, pod *conf.Pod, ordinal int) {
	for _, name := range slices.Clone(pod.Unknown) {
		v, own := in.Env[name]
		if own && v.ValueFrom != nil && v.ValueFrom.SecretKeyRef != nil {
			ref := v.ValueFrom.SecretKeyRef
			pod.Env[name] = r.secrets.text(in.Environment, schema.SecretKey{SecretName: ref.Name, Key: ref.Key})
			pod.Unknown = slices.DeleteFunc(pod.Unknown, func(n string) bool { return n == name })
		}
	}
	if in.ZonesEnabled() && len(in.Zones.Names) == 0 {
		zone := fmt.Sprintf("zone-%d", ordinal%3)
		pod.Env["NATS_ZONE"], pod.Env[intent.ZoneTagVariable] = zone, "'"+in.Zones.Tag+":"+zone+"'"
	}
}

// findings are an error that says what is wrong.
func findings(found diag.List) error {
	var lines []string
	for _, d := range found {
		lines = append(lines, d.Span.String()+": "+d.Message)
	}
	return errors.New(strings.Join(lines, "\n"))
}

// files are those of every server of a cluster: the certificates and credentials that Secrets hold.
func (r *Rehearsal) files(n int, in *intent.Intent) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, use := range in.TLSUses() {
		if use.CAFile() != "" {
			files[use.CAFile()] = r.authority.pem
		}
		if use.CertFile() == "" {
			continue
		}
		holder := Holder{CommonName: in.Name + "-" + use.Name}
		algorithm := ""
		if issued := use.TLS.CertManager; issued != nil && use.TLS.SecretName == "" {
			algorithm = issued.PrivateKey.Algorithm
			holder.DNSNames, holder.IPAddresses = in.DNSNames(use), r.names.movedIPs(n, issued.IpAddresses)
		} else { // the user's own, with what is needed
			copied := *use.TLS
			copied.CertManager = &schema.CertManager{}
			use.TLS = &copied
			holder.DNSNames = append(in.DNSNames(use), r.names.hostsOf(n)...)
			holder.IPAddresses = r.names.movedIPs(n, sorted(r.names.outer))
		}
		cert, key, err := r.authority.issue(holder, algorithm)
		if err != nil {
			return nil, err
		}
		files[use.CertFile()], files[use.KeyFile()] = cert, key
	}
	if !in.LeafNodesEnabled() {
		return files, nil
	}
	for _, name := range sorted(in.Leafnodes.Remotes) {
		remote := in.Leafnodes.Remotes[name]
		if remote.Credentials == nil {
			continue
		}
		key := schema.SecretKey{SecretName: remote.Credentials.SecretName, Key: remote.Credentials.Key}
		text, given := r.secrets.given[Secret{in.Environment, key}]
		present := slices.ContainsFunc(remote.Urls, func(u string) bool { _, _, ok := target(r.names, n, u); return ok })
		if !given && present {
			return nil, fmt.Errorf("leaf remote %s needs the credentials in Secret %s, key %s: give them in Secrets of the Plan", name, key.SecretName, key.Key)
		}
		files[in.LeafCredentialsFile(name)] = []byte(text)
	}
	return files, nil
}

package kube

import (
	"path"

	corev1 "k8s.io/api/core/v1"

	"github.com/natsyard/natsyard/gen/intent"
)

// caVolume is the volume of the certificate authority that all trust: the chart's name.
const caVolume = "tls-ca"

// secretFiles are keys of a Secret, mounted as files of a directory.
type secretFiles struct {
	volume string
	dir    string
	secret string
	keys   []string
}

func (s secretFiles) mount() corev1.VolumeMount {
	return corev1.VolumeMount{Name: s.volume, MountPath: s.dir}
}

// source shows no other key than those that are asked for.
func (s secretFiles) source() corev1.Volume {
	return corev1.Volume{Name: s.volume, VolumeSource: corev1.VolumeSource{
		Secret: &corev1.SecretVolumeSource{SecretName: s.secret, Items: items(s.keys...)},
	}}
}

// items are keys that become files of the same name.
func items(keys ...string) (paths []corev1.KeyToPath) {
	for _, key := range keys {
		paths = append(paths, corev1.KeyToPath{Key: key, Path: key})
	}
	return paths
}

// serverSecrets are the files that nats.conf names: certificates, and credentials for leaf remotes.
func serverSecrets(in *intent.Intent) (all []secretFiles) {
	for _, use := range in.TLSUses() {
		if use.SecretName() != "" {
			all = append(all, secretFiles{use.Volume(), use.Dir(), use.SecretName(), use.Keys()})
		}
	}
	if !in.LeafNodesEnabled() {
		return all
	}
	for _, name := range sorted(in.Leafnodes.Remotes) {
		if c := in.Leafnodes.Remotes[name].Credentials; c != nil {
			all = append(all, secretFiles{in.LeafCredentialsVolume(name), in.LeafCredentialsDir(name), c.SecretName, []string{c.Key}})
		}
	}
	return all
}

// sharedCA is the volume of the certificate authority that all trust, and whether there is one.
func sharedCA(in *intent.Intent) (corev1.Volume, bool) {
	if !in.TLSCAEnabled() {
		return corev1.Volume{}, false
	}
	key := items(in.TlsCA.Key)
	switch {
	case in.TlsCA.ConfigMapName != "":
		volume := configMapVolume(caVolume, in.TlsCA.ConfigMapName)
		volume.ConfigMap.Items = key
		return volume, true
	case in.TlsCA.SecretName != "":
		return secretFiles{volume: caVolume, secret: in.TlsCA.SecretName, keys: []string{in.TlsCA.Key}}.source(), true
	}
	return corev1.Volume{}, false
}

// trustedCA is what a client of the servers needs to verify them: the volume of the
// certificate authority, and its file. The volume is not that of the certificate, so that the
// private key stays with the servers. Where there is none, those of the client's image count.
func trustedCA(in *intent.Intent) (volume corev1.Volume, file string, ok bool) {
	for _, use := range in.TLSUses() {
		if use.Name == intent.ListenerNats && use.CAKey() != "" {
			files := secretFiles{volume: use.Volume() + "-ca", secret: use.SecretName(), keys: []string{use.CAKey()}}
			return files.source(), path.Join(in.TLSCADir(), use.CAKey()), true
		}
	}
	if volume, ok = sharedCA(in); ok {
		file = path.Join(in.TLSCADir(), in.TlsCA.Key)
	}
	return volume, file, ok
}

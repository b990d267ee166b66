package kube

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/schema"
)

// Where nats-box finds its contexts and, a directory a context, what they name.
const (
	boxContextsDir = "/etc/nats-contexts"
	boxCredsDir    = "/etc/nats-creds/"
	boxNkeysDir    = "/etc/nats-nkeys/"
	boxCertsDir    = "/etc/nats-certs/"
)

// cliContext is a context as the nats command line reads it from a file.
type cliContext struct {
	Description string `json:"description,omitempty"`
	URL         string `json:"url"`
	Creds       string `json:"creds,omitempty"`
	Nkey        string `json:"nkey,omitempty"`
	Cert        string `json:"cert,omitempty"`
	Key         string `json:"key,omitempty"`
	CA          string `json:"ca,omitempty"`
	TLSFirst    bool   `json:"tls_first,omitempty"`
}

// boxContexts holds the contexts of nats-box. Unlike the chart's it is no Secret, for it
// holds none: a context names files, and those come from Secrets.
func boxContexts(in *intent.Intent) (*corev1.ConfigMap, error) {
	files := map[string]string{}
	for name, given := range contexts(in) {
		text, err := contextFile(in, name, given)
		if err != nil {
			return nil, fmt.Errorf("write nats-box context %s: %w", name, err)
		}
		files[name+".json"] = text
	}
	return &corev1.ConfigMap{
		TypeMeta:   configMapType,
		ObjectMeta: objectMeta(in, natsBox, in.BoxContextsName(), nil),
		Data:       files,
	}, nil
}

// contexts are the given ones; without any, the default one leads to the client Service.
func contexts(in *intent.Intent) map[string]schema.NatsBoxContext {
	if len(in.NatsBox.Contexts) > 0 {
		return in.NatsBox.Contexts
	}
	return map[string]schema.NatsBoxContext{in.NatsBox.DefaultContextName: {}}
}

func contextFile(in *intent.Intent, name string, given schema.NatsBoxContext) (string, error) {
	file := cliContext{Description: given.Description, URL: given.Url}
	if file.URL == "" {
		file.URL = clientURL(in)
	}
	if given.Creds != nil {
		file.Creds = boxCredsDir + name + "/" + given.Creds.Key
	}
	if given.Nkey != nil {
		file.Nkey = boxNkeysDir + name + "/" + given.Nkey.Key
	}
	if given.Tls != nil {
		file.Cert = boxCertsDir + name + "/" + given.Tls.Cert
		file.Key = boxCertsDir + name + "/" + given.Tls.Key
	}
	// With a certificate authority the command line insists on TLS.
	if _, ca, ok := trustedCA(in); ok && (strings.HasPrefix(file.URL, "tls://") || strings.HasPrefix(file.URL, "wss://")) {
		file.CA = ca
	}
	if t := in.Nats.Tls; given.Url == "" && t != nil && t.Enabled {
		file.TLSFirst = t.HandshakeFirst == true // "auto" and a time let others connect too
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(file)
	return text.String(), err
}

// clientURL leads to the servers by the client Service, or where that does not show the
// client port, by the headless one.
func clientURL(in *intent.Intent) string {
	scheme := "nats"
	if in.Nats.Tls != nil && in.Nats.Tls.Enabled {
		scheme = "tls"
	}
	host, port := shownBy(in, intent.ListenerNats, in.Nats.Port)
	return fmt.Sprintf("%s://%s:%d", scheme, host, port)
}

// boxSecrets are the Secrets of all contexts, by the names of the contexts.
func boxSecrets(in *intent.Intent) []secretFiles {
	var secrets []secretFiles
	for _, name := range sorted(in.NatsBox.Contexts) {
		given := in.NatsBox.Contexts[name]
		if f := given.Creds; f != nil {
			secrets = append(secrets, secretFiles{volumeName(name, "creds"), boxCredsDir + name, f.SecretName, []string{f.Key}})
		}
		if f := given.Nkey; f != nil {
			secrets = append(secrets, secretFiles{volumeName(name, "nkey"), boxNkeysDir + name, f.SecretName, []string{f.Key}})
		}
		if f := given.Tls; f != nil {
			secrets = append(secrets, secretFiles{volumeName(name, "tls"), boxCertsDir + name, f.SecretName, []string{f.Cert, f.Key}})
		}
	}
	return secrets
}

// volumeName is the chart's name for the volume of a context's secret. Where that is longer
// than Kubernetes allows, the end of the context's name gives way to a hash of it.
func volumeName(context, kind string) string {
	const prefix = "ctx-"
	room := validation.DNS1123LabelMaxLength - len(prefix) - len("-"+kind)
	if len(context) > room {
		hash := fmt.Sprintf("-%x", sha256.Sum256([]byte(context)))[:9]
		context = context[:room-len(hash)] + hash
	}
	return prefix + context + "-" + kind
}

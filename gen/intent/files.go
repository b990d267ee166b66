package intent

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// credsDir is where the servers find credentials files: the place of nats-box's in the chart.
const credsDir = "/etc/nats-creds/"

// LeafCredentialsDir is where the Secret with the credentials of a leaf remote is mounted.
func (i *Intent) LeafCredentialsDir(remote string) string { return credsDir + remote }

// LeafCredentialsFile is the credentials file of a leaf remote; "" for a remote without one.
func (i *Intent) LeafCredentialsFile(remote string) string {
	if !i.LeafNodesEnabled() || i.Leafnodes.Remotes[remote].Credentials == nil {
		return ""
	}
	return i.LeafCredentialsDir(remote) + "/" + i.Leafnodes.Remotes[remote].Credentials.Key
}

// LeafCredentialsVolume is the name of the volume of a leaf remote's credentials.
func (i *Intent) LeafCredentialsVolume(remote string) string {
	return volumeName(ListenerLeafNodes+"-"+remote, "creds")
}

// volumeName is the name of a volume for something of a kind.
func volumeName(of, kind string) string {
	return label(of, validation.DNS1123LabelMaxLength-len("-"+kind)) + "-" + kind
}

// label is the text where it is a DNS label of at most so many characters. Otherwise it is as
// much of it as fits, and a hash that tells it from others. The text begins with a lower case letter.
func label(text string, room int) string {
	if len(text) <= room && len(validation.IsDNS1123Label(text)) == 0 {
		return text
	}
	hash := fmt.Sprintf("-%x", sha256.Sum256([]byte(text)))[:9]
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(text))
	return plain[:min(len(plain), room-len(hash))] + hash
}

// fileName is the text where it can name a file of a mounted volume, and a label otherwise.
func fileName(text string) string {
	if len(validation.IsConfigMapKey(text)) == 0 {
		return text
	}
	return label(text, validation.DNS1123LabelMaxLength)
}

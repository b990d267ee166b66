package intent

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/version"
)

// fullImageName is the field of a whole name of an image.
const fullImageName = "fullImageName"

// ImageTag is the tag of the servers' image, and the field that says it.
func (i *Intent) ImageTag() (tag string, path []string) {
	full := i.Image.FullImageName
	if full == "" {
		return i.Image.Tag, []string{"image", "tag"}
	}
	name, _, _ := strings.Cut(full, "@") // what follows is a digest
	_, tag, _ = strings.Cut(name[strings.LastIndexByte(name, '/')+1:], ":")
	return tag, []string{"image", fullImageName}
}

// ImageVersion is the version of nats-server that the tag says; nil where it says none.
func (i *Intent) ImageVersion() *version.Version {
	tag, _ := i.ImageTag()
	v, err := version.ParseGeneric(tag)
	if err != nil {
		return nil
	}
	return v
}

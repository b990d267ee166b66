package argocd

import (
	"fmt"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/given"
	"github.com/natsyard/natsyard/gen/intent"
	"github.com/natsyard/natsyard/gen/kube"
	"github.com/natsyard/natsyard/schema"
)

// image is one of the images that natsyard renders, under the name of the parameter.
type image struct {
	name string
	path []string // its field
	of   func(*intent.Intent) (schema.Image, bool)
}

var images = []image{
	{"nats", []string{"image"}, func(in *intent.Intent) (schema.Image, bool) { return in.Image, true }},
	{"reloader", []string{"reloader", "image"}, func(in *intent.Intent) (schema.Image, bool) {
		return in.Reloader.Image, in.Reloader.Enabled
	}},
	{"promExporter", []string{"promExporter", "image"}, func(in *intent.Intent) (schema.Image, bool) {
		return in.PromExporter.Image, in.PromExporter.Enabled
	}},
	{"natsBox", []string{"natsBox", "image"}, func(in *intent.Intent) (schema.Image, bool) {
		return in.NatsBox.Image, in.NatsBox.Enabled
	}},
}

// Images are the whole names of the images that an intent renders, by the names of the parameter.
func Images(in *intent.Intent) map[string]string {
	names := map[string]string{}
	for _, i := range images {
		if image, rendered := i.of(in); rendered {
			names[i.name] = kube.ImageName(in, image)
		}
	}
	return names
}

func imageNames() (names []string) {
	for _, i := range images {
		names = append(names, i.name)
	}
	return names
}

// image reads one value of the parameter images.
func (p *parser) image(name, whole string) {
	at := parameterPrefix + paramImages
	i := slices.IndexFunc(images, func(i image) bool { return i.name == name })
	if i < 0 {
		d := p.bad("parameter-image", at, fmt.Sprintf("natsyard renders no image %q", name))
		if d.Mend = nearest(name, imageNames()); d.Mend == "" {
			d.Allowed = strings.Join(imageNames(), ", ")
		}
		return
	}
	at += ": " + name
	if whole != "" && !strings.ContainsAny(whole[strings.LastIndexByte(whole, '/')+1:], ":@") {
		d := p.bad("parameter-image", at, fmt.Sprintf("%q has neither a tag nor a digest", whole))
		d.Why = "a node then runs whatever is the latest, which nothing here was proven for"
		d.Mend = whole + ":<tag>"
		return
	}
	path := append(slices.Clone(images[i].path), "fullImageName")
	v, err := given.Plain(strings.Join(path, "."), whole)
	if err != nil {
		panic(err) // the fields are the language's, which a test tries
	}
	v.From = at
	p.value(v)
}

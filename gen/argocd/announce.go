package argocd

import "github.com/natsyard/natsyard/gen/language"

// Announcement is one parameter as Argo CD's page shows it.
type Announcement struct {
	Name           string            `json:"name"`
	Title          string            `json:"title"`
	Tooltip        string            `json:"tooltip"`
	Required       bool              `json:"required,omitempty"`
	ItemType       string            `json:"itemType,omitempty"`
	CollectionType string            `json:"collectionType,omitempty"`
	String         string            `json:"string,omitempty"`
	Map            map[string]string `json:"map,omitempty"`
}

// Known is what is known of a repository when its parameters are announced.
type Known struct {
	Environments []string          // all that there are; empty where nobody knows
	Env          string            // the one that is meant; "" where nobody has said
	InFolder     bool              // the path of the Application says it
	Images       map[string]string // what the environment runs, by the names of the parameter
}

// Announce gives the parameters. Values are those that hold when the Application gives none; Argo
// CD does not send them back.
func Announce(k Known) []Announcement {
	env := Announcement{
		Name: paramEnv, Title: "Environment", Tooltip: "what is rendered: a folder of overlays/",
		Required: !k.InFolder, String: k.Env,
	}
	if len(k.Environments) > 0 {
		env.Tooltip = "what is rendered: " + language.List(k.Environments, "or")
	}
	return []Announcement{
		env,
		{
			Name: paramImages, Title: "Images", CollectionType: "map", Map: k.Images,
			Tooltip: "whole names, with a tag or a digest, of " + language.List(imageNames(), "or"),
		},
		{
			Name: paramSet, Title: "Fields", CollectionType: "map",
			Tooltip: "texts, numbers, true and false of the intent, by path: limits.maxConnections. Each goes through all proofs",
		},
	}
}

package argocd

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/intent"
)

// Environment is the one that is meant, of all that a repository has: the one that the request
// names, or the one in whose folder the Application lies; none, and no finding, where nobody can know. Inside is the Application's path in
// natsyard's repository, prefix that of the latter in the git repository.
func (r Request) Environment(inside, prefix string, all []string) (string, diag.List) {
	here := strings.TrimPrefix(inside, "overlays/")
	inFolder := here != inside && slices.Contains(all, here)
	bad := func(at, message string) *diag.Diagnostic {
		return &diag.Diagnostic{Rule: "environment-unknown", Severity: diag.Error, Span: diag.Span{File: at}, Message: message}
	}
	var d *diag.Diagnostic
	switch {
	case inside != "." && !inFolder:
		d = bad("path "+path.Join(prefix, inside), "neither the root of a natsyard repository nor the folder of an environment")
		places := []string{prefix}
		for _, env := range all {
			places = append(places, path.Join(prefix, intent.Dir(env)))
		}
		d.Allowed = strings.Join(places, ", ")
	case len(all) == 0:
		d = bad("path "+path.Join(prefix, "overlays"), "there is no environment")
		d.Mend = "overlays/<name>/intent.cue makes one"
	case r.Env == "" && r.Unread:
		return "", nil
	case r.Env == "" && inFolder:
		return here, nil
	case r.Env == "":
		d = bad(parameterPrefix+paramEnv, "no environment is named")
		d.Allowed = strings.Join(all, ", ")
		d.Mend = "this parameter, or overlays/<environment> as the path of the Application"
	case !slices.Contains(all, r.Env):
		d = bad(r.EnvFrom, fmt.Sprintf("there is no environment %s", r.Env))
		if d.Mend = nearest(r.Env, all); d.Mend == "" {
			d.Allowed = strings.Join(all, ", ")
		}
	case inFolder && r.Env != here:
		d = bad(r.EnvFrom, fmt.Sprintf("names the environment %s, and the path of the Application that of %s", r.Env, here))
		d.Mend = fmt.Sprintf("leave it out, or make %s the path", path.Join(prefix, intent.Dir(r.Env)))
	default:
		return r.Env, nil
	}
	return "", diag.List{*d}
}

package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Drift gives what Apply would change, by path, and writes nothing. It waits for a run that
// is under way, and reports one that was interrupted with ErrUnfinished. Errors are otherwise
// those of Apply, *ConflictError among them.
func (r *Repo) Drift(ctx context.Context, dirs []string, files []File) ([]Change, error) {
	w, err := newWant(dirs, files)
	if err != nil {
		return nil, err
	}
	unlock, err := r.lock(ctx, shared)
	if err != nil {
		return nil, err
	}
	defer unlock()
	switch _, err := r.root.Lstat(journalName); {
	case err == nil:
		return nil, fmt.Errorf("%w: render again to finish it", ErrUnfinished)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, pathError("read", journalName, err)
	}
	return r.plan(ctx, w)
}

// Diff writes changes as git diff does: what git apply and patch -p1 take. It is empty
// without changes.
func Diff(changes []Change) string {
	var b strings.Builder
	for _, c := range changes {
		from, to := "a/"+c.Path, "b/"+c.Path
		fmt.Fprintf(&b, "diff --git %s %s\n", from, to)
		switch {
		case c.Old == nil:
			from = "/dev/null"
			b.WriteString("new file mode 100644\n")
		case c.New == nil:
			to = "/dev/null"
			b.WriteString("deleted file mode 100644\n")
		}
		b.WriteString(udiff.Unified(from, to, string(c.Old), string(c.New)))
	}
	return b.String()
}

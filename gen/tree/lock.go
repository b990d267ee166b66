package tree

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// lockRetry is how often a run that waits for its turn asks again.
const lockRetry = 5 * time.Millisecond

type lockMode bool

const (
	shared    lockMode = false // among readers
	exclusive lockMode = true
)

// lock waits for the repository. The lock ends with the process, however that ends.
func (r *Repo) lock(ctx context.Context, mode lockMode) (unlock func(), err error) {
	l := newFlock(r.dir)
	try := l.TryRLockContext
	if mode == exclusive {
		try = l.TryLockContext
	}
	if _, err := try(ctx, lockRetry); err != nil {
		return nil, fmt.Errorf("wait for other runs in %s: %w", r.dir, err)
	}
	return func() { _ = l.Unlock() }, nil
}

// newFlock locks the directory itself, which leaves nothing behind, needs no write access and
// is local to the machine even on NFS. Windows does not lock directories: there a file among
// the user's temporary ones stands for it.
func newFlock(dir string) *flock.Flock {
	if runtime.GOOS != "windows" {
		return flock.New(dir, flock.SetFlag(os.O_RDONLY))
	}
	name := "natsyard-" + sum([]byte(strings.ToLower(dir)))[:16] + ".lock"
	return flock.New(filepath.Join(os.TempDir(), name))
}

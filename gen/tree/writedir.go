package tree

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
)

// WriteDir brings a folder, with all the promises of Apply, to hold files; of its own files
// and those in subdirs ("." is the folder itself) what is not among them goes, other
// subfolders are left alone. It makes the folder where it is missing. A file that does not
// begin with Marker gets it as its first line.
func WriteDir(ctx context.Context, dir string, subdirs []string, files []File) (Result, error) {
	dirs := append([]string{"."}, subdirs...)
	slices.Sort(dirs)
	dirs = slices.Compact(dirs)
	marked := make([]File, len(files))
	for i, f := range files {
		if !bytes.HasPrefix(f.Data, []byte(Marker)) {
			f.Data = append([]byte(Marker+"; DO NOT EDIT.\n"), f.Data...)
		}
		marked[i] = f
	}
	// Check first, so that a refusal does not leave an empty folder.
	if _, err := newWant(dirs, marked); err != nil {
		return Result{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Result{}, fmt.Errorf("nothing was written: %w", err)
	}
	repo, err := Open(dir)
	if err != nil {
		return Result{}, err
	}
	defer repo.Close()
	res, err := repo.Apply(ctx, dirs, marked)
	if err != nil {
		return res, fmt.Errorf("write %s: %w", dir, err)
	}
	return res, nil
}

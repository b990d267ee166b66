package main

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"github.com/natsyard/natsyard/gen/diag"
	"github.com/natsyard/natsyard/gen/tree"
)

// printable is an error as one line, whatever names of the user's are in it. Further lines of its own are set in, or are cobra's.
func printable(err error) string {
	var text strings.Builder
	for i, line := range strings.Split(withWords(err), "\n") {
		switch {
		case i == 0:
		case line == "", line == "Did you mean this?", strings.HasPrefix(line, "  "), strings.HasPrefix(line, "\t"):
			text.WriteByte('\n')
		default:
			text.WriteString(`\n`)
		}
		text.WriteString(line)
	}
	return diag.Lines(text.String())
}

// systemWords are what the system says of a file, and what that means.
var systemWords = []struct {
	err  error
	says string
}{
	{syscall.ENOTDIR, "this is a file, or lies below one, where a folder is needed: name a folder"},
	{syscall.EISDIR, "this is a folder, where a file is needed: name a file"},
	{fs.ErrNotExist, "there is none, and none can be made there: is the path right?"},
	{fs.ErrPermission, "permission denied: this user may not; another path, or other permissions, would do"},
}

// meaning is what an error of the system's about a file means, in words that say what to do.
func meaning(at *fs.PathError) string {
	for _, w := range systemWords {
		if !errors.Is(at.Err, w.err) && at.Err.Error() != w.err.Error() { // os.OpenRoot has one of its own
			continue
		}
		if at.Op == "mkdir" {
			return w.says
		}
		return strings.Replace(w.says, ", and none can be made there", "", 1)
	}
	return ""
}

// withWords is the text of an error in which what the system says of a file is said with what to do.
func withWords(err error) string {
	text := err.Error()
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		if says := meaning(at); says != "" {
			return strings.Replace(text, at.Error(), at.Path+": "+says, 1)
		}
		if errors.Is(at.Err, tree.ErrNoDirectory) {
			return strings.Replace(text, at.Error(), at.Path+": "+at.Err.Error(), 1)
		}
	}
	return text
}

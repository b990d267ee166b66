// Package check says of each thing that is checked how it went: while it runs, and in a table at the end.
package check

import (
	"fmt"
	"io"
	"os"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

type row struct {
	what, result, note string
	took               time.Duration
}

var (
	mu   sync.Mutex
	rows []*row
)

// Check is one thing that is checked.
type Check struct {
	*testing.T
	row *row
}

// Note adds to the table what was measured.
func (c *Check) Note(format string, args ...any) {
	mu.Lock()
	defer mu.Unlock()
	c.row.note = fmt.Sprintf(format, args...)
}

// That checks one thing, which what says.
func That(t *testing.T, what string, f func(c *Check)) bool {
	return t.Run(what, func(t *testing.T) {
		c := &Check{T: t, row: &row{what: what}}
		mu.Lock()
		rows = append(rows, c.row)
		mu.Unlock()
		start := time.Now()
		defer func() {
			mu.Lock()
			defer mu.Unlock()
			c.row.took, c.row.result = time.Since(start), "ok"
			if t.Failed() {
				c.row.result = "FAILED"
			}
			fmt.Fprintf(os.Stderr, "e2e: %s: %s %s\n", c.row.result, what, c.row.note)
		}()
		f(c)
	})
}

// Table writes what was checked.
func Table(w io.Writer) error {
	mu.Lock()
	defer mu.Unlock()
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nRESULT\tTIME\tCHECKED\tMEASURED")
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%.1fs\t%s\t%s\n", r.result, r.took.Seconds(), r.what, r.note)
	}
	return table.Flush()
}

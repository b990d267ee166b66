//go:build !unix

package bound

import "time"

// cpu is how long the process has had the processor at most.
func cpu() time.Duration { return time.Since(start) }

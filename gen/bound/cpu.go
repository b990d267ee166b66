package bound

import "time"

// start is when the process began, or soon after.
var start = time.Now()

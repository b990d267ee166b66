package bound

// reporting is what Report has set up.
var reporting struct {
	watched bool
	to      func(work, doing string, begins bool)
}

// Report has to be told of each part of work when it begins and when it ends, so that another
// process can tell what this one was at when it died. When that process also watches over the memory
// of this one, nobody else does. Report is called before anything runs.
func Report(watched bool, to func(work, doing string, begins bool)) {
	reporting.watched, reporting.to = watched, to
}

func tell(p *part, begins bool) {
	if reporting.to != nil {
		reporting.to(p.work.name, p.doing, begins)
	}
}

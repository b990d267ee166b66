// Package syntax reads CUE as people write it who know YAML, Helm and nats.conf. What CUE's parser
// does not take it says in plain words, with the user's own line mended, and goes on as if the line
// had been written so: the next mistake is found in the same run, and what only follows from the
// first is never told.
//
// A mend is a guess, and proves itself: the parser gets further with it.
package syntax

import (
	"cmp"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"

	"github.com/natsyard/natsyard/gen/intent/internal/words"
)

// Mistake is a place in a file where it is not CUE. The texts are those of a finding.
type Mistake struct {
	Line, Column, Length   int // from 1, in bytes
	Message, Allowed, Mend string
}

// File is a file that was read.
type File struct {
	AST      *ast.File // as it would be without the mistakes; nil where nobody can tell
	Mistakes []Mistake
	TooDeep  bool // the last mistake is that it nests deeper than the parser goes
	edits    []edit
}

// Bounds of the search: the mistakes that are told of one file, and how much is read for them, in bytes.
const (
	rounds = 25
	effort = 8 << 20
)

// reader reads one file again and again.
type reader struct {
	name  string
	tries int
	file  *ast.File // of the last text, where it has no problem
}

// Read parses a file. Without mistakes AST is what CUE's own parser gives.
func Read(name string, src []byte) *File {
	f, r := &File{}, &reader{name: name, tries: max(effort/(len(src)+1), 2)}
	t := lines(strings.Split(string(src), "\n"))
	lost := false // a line that nobody can mend was left out
	for range rounds {
		p := r.parse(t)
		if p == nil {
			if !lost {
				f.AST = r.file
			}
			break
		}
		if f.TooDeep = strings.Contains(p.text, "maximum nesting depth"); f.TooDeep {
			f.tell(said(t, p)) // and to try what may be meant would take long
			break
		}
		c, next := r.mend(t, p)
		follows := lost && (next == nil || c.closes) // what is left out may have held a brace
		if next == nil {
			lost = true
			c = change{line: min(p.line, len(t)), lines: 1, mistake: said(t, p)}
			if next = r.without(t, p); strings.Contains(p.text, "multiline") {
				next = nil // its lines are no lines of the file
			}
		}
		lost = lost || c.loses
		if !follows {
			f.tell(c.mistake)
		}
		if next == nil {
			break
		}
		f.edits = append(f.edits, c.edit())
		t = next
	}
	slices.SortStableFunc(f.Mistakes, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return f
}

// tell adds a mistake, at its place in the file as the user wrote it.
func (f *File) tell(m Mistake) {
	m.Line, m.Column, m.Length = f.Place(m.Line, m.Column, m.Length)
	f.Mistakes = append(f.Mistakes, m)
}

// Mended tells whether something stands in AST otherwise than in the file.
func (f *File) Mended() bool { return len(f.edits) > 0 }

// lines is a text, line by line. What mends it never moves a line.
type lines []string

func (t lines) String() string { return strings.Join(t, "\n") }

// line gives a line counted from 1, "" where there is none.
func (t lines) line(n int) string {
	if n < 1 || n > len(t) {
		return ""
	}
	return t[n-1]
}

// problem is what the parser has against a text first of all.
type problem struct {
	line, column int
	text         string
	pretended    bool // the parser takes it for something else
}

// parse gives the first problem with a text, in its order, or keeps its tree.
func (r *reader) parse(t lines) *problem {
	r.tries--
	file, err := parser.ParseFile(r.name, t.String(), parser.AllErrors)
	if err == nil {
		r.file = file
		return pretended(file, t)
	}
	first := slices.MinFunc(errors.Errors(err), func(a, b errors.Error) int { return a.Position().Compare(b.Position()) })
	format, args := first.Msg()
	at := first.Position().Position()
	return &problem{line: max(at.Line, 1), column: max(at.Column, 1), text: words.Format(format, args)}
}

// mend tries what people mean who write such a line, and gives what lets the parser get furthest; of
// what is alike in that, the first.
func (r *reader) mend(t lines, p *problem) (change, lines) {
	if c, next := r.try(habits, t, p); next != nil {
		return c, next
	}
	return r.try(last, t, p)
}

func (r *reader) try(habits []habit, t lines, p *problem) (best change, next lines) {
	var end *problem // of the best
	suspects := t.suspects(p)
	for _, h := range habits {
		for _, n := range suspects {
			for _, c := range h(view{lines: t, n: n, raw: t.line(n), bare: bare(t.line(n)), problem: p}) {
				if next != nil && end == nil || r.tries <= 0 {
					return best.told(next), next
				}
				tried := c.apply(t)
				now := r.parse(tried)
				if further(tried, now, t, p) && (next == nil || further(tried, now, next, end)) {
					best, next, end = c, tried, now
				}
			}
		}
	}
	if next == nil {
		return change{}, nil
	}
	return best.told(next), next
}

// suspects are the lines that may be at fault: the one where the parser stopped, the one above, at the
// end of which it still had hope, and the one where the block began that ends there.
func (t lines) suspects(p *problem) []int {
	out := []int{min(p.line, len(t))}
	above := out[0] - 1
	for above > 0 && strings.TrimSpace(bare(t.line(above))) == "" {
		above--
	}
	depth := 0
	for n := out[0]; n > 0; n-- {
		line := bare(t.line(n))
		if n == out[0] {
			line = line[:min(p.column-1, len(line))]
		}
		depth += strings.Count(line, "}") - strings.Count(line, "{")
		if depth <= 0 {
			return append(out, above, n)
		}
	}
	return append(out, above)
}

// without is the text less a line that nobody can mend, where the parser gets further without it.
func (r *reader) without(t lines, p *problem) lines {
	next := slices.Clone(t)
	next[min(p.line, len(t))-1] = ""
	if !further(next, r.parse(next), t, p) {
		return nil
	}
	return next
}

// further tells whether the first problem of a text lies behind that of another, or there is none.
func further(next lines, now *problem, t lines, was *problem) bool {
	switch {
	case now == nil || was == nil:
		return was != nil
	case now.pretended != was.pretended: // which are looked for when the parser has none
		return now.pretended
	case now.line != was.line:
		return now.line > was.line
	case strings.Contains(now.text, "EOF") && depth(next) < depth(t):
		return true // one of several braces that nothing closes
	}
	return len(next.line(now.line))-now.column < len(t.line(was.line))-was.column
}

// depth is how many braces and brackets nothing closes.
func depth(t lines) int {
	n := 0
	for _, line := range t {
		line = bare(line)
		n += strings.Count(line, "{") + strings.Count(line, "[") + strings.Count(line, "(")
		n -= strings.Count(line, "}") + strings.Count(line, "]") + strings.Count(line, ")")
	}
	return n
}

// said is a problem in plain words, where no mend is known.
func said(t lines, p *problem) Mistake {
	m := Mistake{Line: p.line, Column: p.column, Length: tokenAt(t.line(p.line), p.column)}
	if p.pretended {
		m.Message = p.text
		return m
	}
	said := words.Plain(p.text)
	m.Message, m.Allowed, m.Mend = said.Message, said.Allowed, said.Mend
	return m
}

// tokenAt is the length of what begins at a column.
func tokenAt(line string, column int) int {
	if column < 1 || column > len(line) {
		return 0
	}
	rest := line[column-1:]
	if n := strings.IndexFunc(rest, func(r rune) bool { return !isWord(r) }); n > 0 {
		return n
	} else if n < 0 {
		return len(rest)
	}
	return 1
}

func isWord(r rune) bool {
	return r == '_' || r == '$' || r == '#' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

package syntax

import (
	"fmt"
	"regexp"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
	"cuelang.org/go/encoding/yaml"
)

// dashes are a list as YAML has it. It becomes CUE by way of YAML's own reader.
func dashes(v view) []change {
	for n := v.n; n > 0; n-- {
		line := v.lines.line(n)
		trimmed := strings.TrimSpace(bare(line))
		below := v.lines.line(n + 1)
		if n == v.n || !isDash(below) {
			continue
		}
		said := Mistake{
			Message: "a list stands in [ ], with commas between its elements; CUE has no dashes",
			Line:    n + 1, Column: len(below) - len(strings.TrimLeft(below, " \t")) + 1, Length: 1,
		}
		if !strings.HasSuffix(trimmed, ":") && !isDash(line) && n == v.n-1 { // a list of nothing that has a name
			said.Mend = "name: [a, b] for a list, name: {...} for what has a name"
			return []change{{line: v.n, lines: 1, prose: true, loses: true, mistake: said}}
		}
		if !strings.HasSuffix(trimmed, ":") {
			continue
		}
		head, value, last := v.yaml(n, func(l string) bool {
			return indent(l) > indent(below) || indent(l) == indent(below) && isDash(l)
		})
		if value == nil || last < v.n {
			return nil
		}
		return []change{{line: n, lines: last - n + 1, with: head + OneLine(value), mistake: said}}
	}
	return nil
}

func isDash(line string) bool {
	line = strings.TrimSpace(line)
	return line == "-" || strings.HasPrefix(line, "- ")
}

// block is a text of several lines as YAML has it.
func block(v view) []change {
	for n := v.n; n > 0 && n >= v.n-1; n-- {
		line := v.lines.line(n)
		m := regexp.MustCompile(`:\s*([|>][+-]?[0-9]?)\s*$`).FindStringSubmatchIndex(bare(line))
		if m == nil {
			continue
		}
		head, value, last := v.yaml(n, func(l string) bool { return indent(l) > indent(line) })
		lit, ok := value.(*ast.BasicLit)
		if !ok {
			return nil
		}
		text, err := literal.Unquote(lit.Value)
		if err != nil {
			return nil
		}
		mend := ""
		if strings.Contains(strings.TrimSuffix(text, "\n"), "\n") && !strings.ContainsAny(text, `\"`) {
			mend = strings.ReplaceAll(strings.TrimSpace(head)+" \"\"\"\n"+text+"\n\"\"\"", "\n", "\n\t")
			mend = strings.ReplaceAll(mend, "\n\t\n", "\n\n")
		}
		return []change{{line: n, lines: last - n + 1, with: head + literal.String.Quote(text), mistake: Mistake{
			Message: fmt.Sprintf(`text of several lines stands between """ and """; %s begins none`, line[m[2]:m[3]]),
			Line:    n, Column: m[2] + 1, Length: m[3] - m[2], Mend: mend,
		}}}
	}
	return nil
}

// yaml reads the last key on a line and the lines below that belong to it as YAML. It gives the line up to
// the value, the value, and the last line that it has; no value where it is none.
func (v view) yaml(n int, belongs func(line string) bool) (head string, value ast.Expr, last int) {
	line := v.lines.line(n)
	m := regexp.MustCompile(`[\w$"./-]+\s*(:)\s*([|>][+-]?[0-9]?)?\s*$`).FindStringSubmatchIndex(bare(line))
	if m == nil {
		return "", nil, 0
	}
	text := "key: " + strings.TrimSpace(line[m[3]:]) + "\n"
	for k := n + 1; k <= len(v.lines); k++ {
		l := v.lines.line(k)
		if strings.TrimSpace(l) != "" {
			if !belongs(l) {
				break
			}
			last = k
		}
		text += " " + strings.Repeat(" ", indent(l)) + strings.TrimLeft(l, " \t") + "\n"
	}
	file, err := yaml.Extract("", text)
	if err != nil || last == 0 {
		return "", nil, 0
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.Field); ok {
			value = f.Value
		}
	}
	return line[:m[3]] + " ", value, last
}

// indent is how far a line is set in; a tab counts for four.
func indent(line string) int {
	n := 0
	for _, r := range line {
		switch r {
		case ' ':
			n++
		case '\t':
			n += 4
		default:
			return n
		}
	}
	return n
}

// conflict is what git leaves where two changes did not fit.
func conflict(v view) []change {
	begin := v.n
	for begin > 0 && !strings.HasPrefix(v.lines.line(begin), "<<<<<<<") {
		begin--
	}
	if begin == 0 {
		return nil
	}
	middle, end := 0, 0
	for n := begin + 1; n <= len(v.lines) && end == 0; n++ {
		switch line := v.lines.line(n); {
		case strings.HasPrefix(line, "=======") && middle == 0, strings.HasPrefix(line, "|||||||"):
			middle = n
		case strings.HasPrefix(line, ">>>>>>>"):
			end = n
		}
	}
	if middle == 0 || end == 0 {
		return nil
	}
	empty := []int{}
	for n := middle; n <= end; n++ {
		empty = append(empty, n)
	}
	return []change{{line: begin, from: 0, to: len(v.lines.line(begin)), empty: empty, prose: true, mistake: Mistake{
		Message: "a conflict of a merge stands here",
		Mend:    fmt.Sprintf("one of the two sides, without the lines <<<<<<<, ======= and >>>>>>> (to line %d)", end),
	}}}
}

// document is the line that begins one in YAML.
func document(v view) []change {
	if strings.TrimSpace(v.raw) != "---" && strings.TrimSpace(v.raw) != "..." {
		return nil
	}
	return []change{{line: v.n, from: 0, to: len(v.raw), prose: true, mistake: Mistake{
		Message: strings.TrimSpace(v.raw) + " is of YAML, and nothing in CUE", Mend: "leave it out",
	}}}
}

// pretended finds what CUE parses and does not mean: YAML's dashes are its minus, YAML's > is its bound,
// and the = of many languages gives a name to a value, which nobody then uses.
func pretended(file *ast.File, t lines) *problem {
	var found *problem
	names, used := map[*ast.Ident]bool{}, map[string]bool{}
	ast.Walk(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			if id, ok := n.Label.(*ast.Ident); ok {
				names[id] = true
			}
		case *ast.Alias:
			names[n.Ident] = true
		case *ast.Ident:
			used[n.Name] = used[n.Name] || !names[n]
		}
		return true
	}, nil)
	at := func(p token.Pos) (int, int, string) {
		where := p.Position()
		return where.Line, where.Column, t.line(where.Line)
	}
	ast.Walk(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			if alias, ok := n.Value.(*ast.Alias); ok && !used[alias.Ident.Name] {
				line, column, _ := at(alias.Equal)
				found = &problem{line: line, column: column, pretended: true, text: "a field and its value are joined by a colon, not by ="}
			}
		case *ast.StructLit:
			line, column, text := at(n.Lbrace)
			if n.Lbrace.IsValid() && column <= len(text) && strings.HasPrefix(text[column-1:], "{{") {
				found = &problem{line: line, column: column, pretended: true, text: "an intent has no templates"}
			}
		case *ast.UnaryExpr:
			line, column, text := at(n.OpPos)
			switch {
			case n.Op == token.SUB && isDash(text) && strings.TrimSpace(text[:column-1]) == "":
				found = &problem{line: line, column: column, pretended: true, text: "a list stands in [ ], with commas between its elements; CUE has no dashes"}
			case n.Op == token.GTR && (n.X.Pos().Line() > line || strings.HasSuffix(strings.TrimSpace(text), ">-")):
				found = &problem{line: line, column: column, pretended: true, text: `text of several lines stands between """ and """`}
			}
		}
		return found == nil
	}, nil)
	return found
}

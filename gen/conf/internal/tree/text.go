package tree

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const indent = "  "

// Text writes a configuration, sorted by key, and gives the node that stands on each line
// (nil for a blank one). A list of strings stands on one line when it fits into width. It
// panics at what would be read back as something else: a key that IsKey refuses, a Raw that
// is more than one value.
func (b Block) Text(width int) (string, []*Node) {
	p := printer{width: width}
	p.block(b, 0)
	return p.out.String(), p.lines
}

type printer struct {
	out   strings.Builder
	lines []*Node
	width int
}

// line writes one line; a closing bracket belongs to the node that it closes.
func (p *printer) line(depth int, n *Node, text string) {
	p.out.WriteString(strings.Repeat(indent, depth))
	p.out.WriteString(text)
	p.out.WriteByte('\n')
	p.lines = append(p.lines, n)
}

// block writes the options of a block; at the top, inner blocks stand apart.
func (p *printer) block(b Block, depth int) {
	apart := false
	for i, name := range b.Keys() {
		_, inner := b[name].Block()
		if depth == 0 && i > 0 && (inner || apart) {
			p.line(0, nil, "")
		}
		p.option(depth, name, b[name])
		apart = inner
	}
}

func (p *printer) option(depth int, name string, n *Node) {
	switch v := n.Value.(type) {
	case Block:
		p.value(depth, key(name)+" ", n)
	case List:
		if text, ok := v.oneLine(); ok {
			text = key(name) + ": " + text
			if len(text)+depth*len(indent) <= p.width {
				p.line(depth, n, text)
				return
			}
		}
		p.value(depth, key(name)+": ", n)
	default:
		p.value(depth, key(name)+": ", n)
	}
}

// value writes a value and what stands before it on its line: a key, or nothing in a list.
func (p *printer) value(depth int, before string, n *Node) {
	switch v := n.Value.(type) {
	case Block:
		p.line(depth, n, before+"{")
		p.block(v, depth+1)
		p.line(depth, n, "}")
	case List:
		p.line(depth, n, before+"[")
		for _, item := range v {
			p.value(depth+1, "", item)
		}
		p.line(depth, n, "]")
	default:
		p.line(depth, n, before+scalar(v))
	}
}

// oneLine is a list of strings as text. Other values need a line each: the lexer does not
// see the end of "[1, 2]", for it takes "2]" for the beginning of a word.
func (l List) oneLine() (string, bool) {
	items := make([]string, len(l))
	for i, n := range l {
		s, ok := n.Value.(string)
		if !ok {
			return "", false
		}
		items[i] = quote(s)
	}
	return "[" + strings.Join(items, ", ") + "]", true
}

func scalar(value any) string {
	switch v := value.(type) {
	case string:
		return quote(v)
	case Raw:
		if !v.safe() {
			panic(fmt.Sprintf("tree: %q cannot be written without quotes", v))
		}
		return string(v)
	case float64:
		// The lexer knows no exponent, and takes digits alone for an integer.
		text := strconv.FormatFloat(v, 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return text
	default: // bool and int64
		return fmt.Sprint(v)
	}
}

// quote writes a string as the lexer reads it back. It knows \", \\, \n, \r, \t and \xNN, and
// no variables in quotes. Only a zero byte must be escaped, its sign for the end of the
// text; the other unprintable ones are for the reader's sake.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r) && !(r == utf8.RuneError && size == 1):
			b.WriteString(s[i : i+size])
		default:
			for _, c := range []byte(s[i : i+size]) {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		}
		i += size
	}
	b.WriteByte('"')
	return b.String()
}

// safe tells whether an unquoted token is one value. It is asked even of what Literal made, for
// behind an unsafe one the lexer would read a second option, or an include.
func (r Raw) safe() bool { return word.MatchString(string(r)) }

var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// key writes a key, and panics at one that IsKey refuses. The lexer knows no escapes in keys;
// and a bare "include" before a blank is a directive, not a key.
func key(name string) string {
	switch {
	case !IsKey(name):
		panic(fmt.Sprintf("tree: the key %q cannot be written", name))
	case plainKey.MatchString(name) && !strings.EqualFold(name, "include"):
		return name
	case strings.Contains(name, `"`):
		return "'" + name + "'"
	}
	return `"` + name + `"`
}

// IsKey tells whether a name can be a key: not one with both kinds of quotes, nor with a
// control character.
func IsKey(name string) bool {
	return !strings.ContainsFunc(name, unicode.IsControl) &&
		!(strings.Contains(name, `"`) && strings.Contains(name, "'"))
}

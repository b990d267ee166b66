package tree

import (
	"errors"
	"fmt"
	"math/bits"
	"regexp"
	"strconv"
	"strings"
	"time"

	natsconf "github.com/nats-io/nats-server/v2/conf"
)

// Raw is written without quotes: a variable, a size, or a date.
type Raw string

// IsVariable tells whether a token refers to a variable. The loader looks among the keys of
// the enclosing blocks first, then in the server's environment.
func (r Raw) IsVariable() bool { return variableToken.MatchString(string(r)) }

// Name is the variable's.
func (r Raw) Name() string { return strings.TrimPrefix(string(r), "$") }

var (
	variableToken = regexp.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_]*$`)
	sizeToken     = regexp.MustCompile(`^(-?[0-9]+)([A-Za-z]+)$`)

	// word is text that the lexer cannot end before its end, quoted is a whole string. In
	// anything else a second option could hide, or an include.
	word   = regexp.MustCompile(`^[^\s\x00"'{}\[\](),;\\]+$`)
	quoted = regexp.MustCompile(`^("([^"\\\x00]|\\.)*"|'[^'\x00]*')$`)
)

// bcryptPrefix begins the one text with a leading $ that is no variable to the loader.
const bcryptPrefix = "$2a$"

// Literal is what the server makes of a token, or of a variable's text: it reads both as
// nats-server.conf, so 12345 is a number and "12345" a string. Neither the environment nor
// a file is read.
func (r Raw) Literal() (any, error) {
	const key = "pk" // the server's own name for it
	text := strings.Trim(string(r), " \t")
	switch {
	case text == "":
		return "", nil
	case strings.HasPrefix(text, "$") && !strings.HasPrefix(text, bcryptPrefix):
		return nil, errors.New("is no variable's name")
	case !word.MatchString(text) && !quoted.MatchString(text):
		return nil, errors.New("is more than one value to the server")
	}
	parsed, err := natsconf.Parse(key + "=" + text)
	if err != nil {
		return nil, fmt.Errorf("is not a value to the server: %s", Reason(err))
	}
	switch v := parsed[key].(type) {
	case string:
		if quoted.MatchString(text) || v == string(r) {
			return v, nil
		}
		return nil, fmt.Errorf("is %q to the server", v)
	case int64:
		if size := sizeToken.FindStringSubmatch(text); size != nil {
			return Raw(text), fits(size[1], size[2])
		}
		return v, nil
	case time.Time:
		return Raw(text), nil
	default: // bool and float64
		return v, nil
	}
}

// Number is the bytes of a size, so that 1Gi and 1024Mi are one; any other token is itself.
func (r Raw) Number() any {
	if !sizeToken.MatchString(string(r)) {
		return r
	}
	parsed, err := natsconf.Parse("pk=" + string(r))
	if n, ok := parsed["pk"].(int64); err == nil && ok {
		return n
	}
	return r
}

// fits tells whether a size does not overflow; the lexer would not mind.
func fits(number, unit string) error {
	one, err := natsconf.Parse("pk=1" + unit)
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return err
	}
	factor, _ := one["pk"].(int64)
	if high, low := bits.Mul64(uint64(max(n, -n)), uint64(factor)); high != 0 || low > 1<<63-1 {
		return errors.New("does not fit into 63 bits")
	}
	return nil
}

var parsePosition = regexp.MustCompile(`^Parse error on line \d+: '(.*)'$`)

// Reason is an error of the lexer without its line, which is not the user's.
func Reason(err error) string {
	reason := err.Error()
	if m := parsePosition.FindStringSubmatch(reason); m != nil {
		reason = m[1]
	}
	return strings.TrimSuffix(reason, ".")
}

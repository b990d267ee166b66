package words

// syntax are the formats of the scanner and the parser.
var syntax = []phrase{
	{"missing ',' before newline", Said{"a comma is missing at the end of this line", "", ""}},
	{"missing ',' before newline in %s", Said{"a comma is missing at the end of this line", "", ""}},
	{"missing ',' before newline in list literal", Said{"a comma is missing at the end of this line", "an element of a list on a line of its own ends with a comma", ""}},
	{"missing ',' in %s", Said{"a comma is missing here, or what stands before it needs quotes", "numbers, true, false and null without quotes; all other text in quotes", ""}},
	{"expression exceeds maximum nesting depth of %d", Said{"this is nested more than $1 deep", "", "fewer braces and brackets inside of each other"}},
	{"identifiers starting with '__' are reserved", Said{"a name that begins with __ is CUE's own", "", "one _ at its beginning"}},
	{"invalid import path: %s", Said{"$1 cannot be imported", "a path such as \"example.com/messaging/base\", or a package of CUE's own such as \"strings\"", ""}},
	{"invalid package name %s", Said{"$1 cannot be the name of a package", "letters, digits and _, no digit first", ""}},
	{"invalid package name _", Said{"_ cannot be the name of a package", "letters, digits and _, no digit first", ""}},
	{"cannot import package as definition identifier", Said{"the name under which a package is imported cannot begin with #", "letters, digits and _, no digit first", ""}},
	{"square bracket must have exactly one element", Said{"[ ] in the place of a name holds one pattern", "a name without brackets, or [string]: for all names", ""}},
	{"%s requires @experiment(try)", Said{"$1 means nothing here", "", "if, and a second if with the opposite"}},
	{"use 'else' with single 'if' or 'try' clause", Said{"else means nothing here", "", "if, and a second if with the opposite"}},
	{"use 'otherwise' for comprehensions with multiple clauses or 'for' clauses", Said{"otherwise means nothing here", "", "if, and a second if with the opposite"}},
	{"postfix ... operator requires @experiment(explicitopen)", Said{"... means nothing after a value", "", "leave it out"}},
	{"postfix alias syntax requires @experiment(aliasv2)", Said{"~ means nothing after a name", "", "leave it out"}},

	{"string literal not terminated", Said{"the text that begins here does not end on its line", `a " at its end; for text of several lines """, the lines, and """`, ""}},
	{"expected newline after multiline quote %s", Said{`""" begins text of several lines, the first of which is the next`, `one " on each side for text on one line`, ""}},
	{"non-matching whitespace for multiline strings", Said{`a line of this text is set in less than the """ at its end`, `as much space before each line as before the closing """`, ""}},
	{"comment not terminated", Said{"a comment begins here that does not end", "", "//, which ends with the line"}},
	{"unknown escape sequence", Said{`a \ with this after it stands for nothing in a text`, `\\ for a backslash, \n, \t, \" and \u0041`, ""}},
	{"escape sequence not terminated", Said{`the text ends in the middle of what \ begins`, `\\ for a backslash, \n, \t, \" and \u0041`, ""}},
	{"escape sequence is invalid Unicode code point", Said{"there is no character of this number", `\u0000 to \U0010ffff`, ""}},
	{"hexadecimal escape not allowed in string literal", Said{`\x stands for nothing in a text`, `\u and four digits, such as \u0041`, ""}},
	{"octal escape not allowed in string literal", Said{`a \ with a digit after it stands for nothing in a text`, `\u and four digits, such as \u0041`, ""}},
	{"illegal character %#U in escape sequence", Said{`$1 cannot stand in what \ begins`, `\u and four digits, such as \u0041`, ""}},
	{"illegal character %#U", Said{"$1 means nothing here", "such a character within quotes alone", ""}},
	{"illegal character NUL", Said{"a zero byte stands here", "", "leave it out"}},
	{"illegal UTF-8 encoding", Said{"this is not UTF-8 text", "", "save the file as UTF-8"}},
	{"illegal byte order mark", Said{"an invisible mark (U+FEFF) stands here", "", "leave it out"}},
	{"illegal token %q", Said{"$1 means nothing here", "", ""}},
	{"illegal token '..'; expected '.'", Said{".. means nothing here", "one dot between names", ""}},
	{"illegal '_' in number", Said{"a _ of a number stands between two digits", "", "the number without it"}},
	{"illegal binary number", Said{"digits are missing after 0b", "0 and 1 after 0b", ""}},
	{"illegal hexadecimal number", Said{"digits are missing after 0x", "0 to 9 and a to f after 0x", ""}},
	{"illegal octal number", Said{"digits are missing after 0o", "0 to 7 after 0o", ""}},
	{"illegal integer number", Said{"a number does not begin with 0", "0o644 to the base of 8, as for the modes of files; text in quotes", ""}},
	{"illegal exponent in number", Said{"digits are missing after the e of a number", "a number such as 1e6; text in quotes", ""}},
	{"attribute missing '%s'", Said{"@ begins a note to tools here, which lacks its $1", `@name(...); text with @ in quotes`, ""}},
	{"interpolation not allowed in attribute", Said{`\( cannot stand in a note to tools, which @ begins`, "plain text", ""}},
	{"invalid attribute: expected '('", Said{"@ begins a note to tools here, which lacks its (", `@name(...); text with @ in quotes`, ""}},
	{"unexpected '%s'", Said{"$1 is one too many", "", "leave it out"}},
}

// never are formats that no file of a user's can bring about, and why.
var never = map[string]string{
	// Parts of "expected ...", which wanted puts together.
	"expected %s": wantedSays, "expected %s, found '%s'": wantedSays, "expected %s, found '%s' %s": wantedSays, "expected %s, found newline": wantedSays,
	"operand": wantedSays, "expression": wantedSays, "selector": wantedSays, "label or ':'": wantedSays, "','": wantedSays,
	"')' for string interpolation": wantedSays, "identifier for alias": wantedSays, "identifier for field alias": wantedSays,
	"identifier for label alias": wantedSays, "identifier or '('": wantedSays,

	"%s": "it is the text of another",

	"unmatched close list": bug, "unmatched comments": bug, "UNANTICIPATED ERROR": bug, "cannot add conjunct": bug, "no sharing": bug,
	"Expr may not be called for 0th argument of validator": bug, "unevaluated vertex": bug, "%s:%d": bug, "": bug,
	"%s((%d%s))": bug, "%s((<s><i>%d%si</i></s>))": bug, "could not evaluate expression %s of type %T": bug,
	"reference %q set to unknown node in AST; this can result from incorrect API usage or a compiler bug": bug, "unknown literal type": bug,
	"unsupported label node type %T": bug, "type %T not allowed in ListLit": bug, "comprehension value without clauses": bug,
	"comprehension value must be struct, found %T": bug, "first comprehension clause must be 'if' or 'for'": bug,
	"%s: parser returned invalid quoted string: <%s>": bug, "empty import path": bug, "could not find let or alias associated with identifier %q": bug,
	"int label out of range (%d not >=0 and <= %d)": bug,

	"invalid language version %q": api, "parsing experiments for version %q": api, "parsing experiments: %v": api,
	"old-style alias syntax (=) is not allowed with @experiment(aliasv2); use postfix syntax (~X or ~(K,V))": experiment,
	"%s clause requires the try experiment (language version v0.16.0 or later)":                              experiment,
	"try clause requires the try experiment (language version v0.16.0 or later)":                             experiment,
	"struct-form try clause must be the last clause in a comprehension":                                      experiment,
	"__closeAll may only be used when explicitopen is enabled":                                               experiment,
	"__reclose may only be used when explicitopen is enabled":                                                experiment,
	"testing experiment disabled":                                                                            experiment,
	"field has both label alias and postfix alias":                                                           experiment,
	"postfix alias must have field component":                                                                experiment,
	"optional marker (?) can only be used on references":                                                     experiment,
	"optional marker (?) is only valid within a try clause":                                                  experiment,
}

// Reasons why nobody is ever told a format.
const (
	wantedSays = "wanted says it"
	bug        = "CUE says so only of itself"
	api        = "only who calls CUE's Go packages is told"
	experiment = "only files that ask for an experiment of CUE's, whose words they know, are told"
)

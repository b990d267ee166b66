package given

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/natsyard/natsyard/gen/diag"
)

func TestPoint(t *testing.T) {
	t.Parallel()
	values := []Value{
		{Path: []string{"cluster", "replicas"}, CUE: "5", From: "parameter set: cluster.replicas"},
		{Path: []string{"podTemplate", "labels", "a/b"}, CUE: `"x"`, From: "parameter set: podTemplate.labels.a/b"},
		{Path: []string{"name"}, CUE: `"n"`},
	}
	const file = "overlays/prod/given.cue"
	in := func(line, column, length int) diag.Span {
		return diag.Span{File: file, Line: line, Column: column, Length: length}
	}
	elsewhere := diag.Span{File: "base/intent.cue", Line: 3, Column: 28, Length: 1}
	given := diag.List{
		{Span: in(3, 28, 1), Related: []diag.Related{{Span: elsewhere}, {Span: in(4, 37, 3)}}},
		{Span: in(4, 30, 5)},
		{Span: in(5, 15, 3)}, // nobody said where it is from
		{Span: in(1, 1, 7)},
		{Span: elsewhere},
	}
	found, texts := Point(given, file, values)
	require.Equal(t, diag.List{
		{
			Span: diag.Span{File: values[0].From, Line: 1, Column: 19, Length: 1},
			Related: []diag.Related{
				{Span: elsewhere},
				{Span: diag.Span{File: values[1].From, Line: 1, Column: 25, Length: 3}},
			},
		},
		{Span: diag.Span{File: values[1].From, Line: 1, Column: 1, Length: 22}},
		{Span: in(5, 15, 3)},
		{Span: in(1, 1, 7)},
		{Span: elsewhere},
	}, found)
	require.Equal(t, map[string]string{
		values[0].From: "cluster.replicas: 5",
		values[1].From: `podTemplate.labels.a/b: "x"`,
	}, texts)
	require.Equal(t, in(3, 28, 1), given[0].Span, "what was passed stays as it is")
	require.Equal(t, byte('5'), File("prod", values)[len("package prod\n\n")+28-1])
}

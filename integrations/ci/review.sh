#!/usr/bin/env bash
# Reviews a change of a natsyard repository: what is wrong with it, whether what is written is stale, and
# what becomes of the objects. For any CI that has git, and natsyard on the PATH.
#
#   review.sh BASE OUT [DIR]
#
#   BASE  the commit or branch that the change is for
#   OUT   a folder to write to, made anew: natsyard.sarif, drift.diff, comment.md
#   DIR   the natsyard repository within the git repository, where it is not the root
#
# Exit 0: fine; 1: there are findings, or what is written is stale; 2: usage or environment.
# NATSYARD_FORMAT (text, json, github) is the form of the findings on standard output.
set -euo pipefail

fail() { echo "review.sh: $*" >&2; exit 2; }
[ $# -ge 2 ] && [ $# -le 3 ] || fail "usage: review.sh BASE OUT [DIR]"
for program in git natsyard; do
  command -v "$program" >/dev/null || fail "$program is not on the PATH"
done
dir=${3:-.}
[ -f "$dir/cue.mod/module.cue" ] || fail "$dir is not the root of a natsyard repository: it has no cue.mod/module.cue"
git -C "$dir" rev-parse --is-inside-work-tree >/dev/null || exit 2
git -C "$dir" rev-parse --verify --quiet "$1^{commit}" >/dev/null || fail "there is no commit $1 here: is the name right, and was it fetched (fetch-depth: 0)?"
base=$(git -C "$dir" merge-base "$1" HEAD) || fail "$1 and HEAD have no commit in common; is the clone shallow (fetch-depth: 0)?"
prefix=$(git -C "$dir" rev-parse --show-prefix)

[ -n "$2" ] || fail "OUT is empty"
mkdir -p "$2"
out=$(cd "$2" && pwd)
rm -rf "$out/natsyard.sarif" "$out/drift.diff" "$out/comment.md" "$out/before" "$out/after"
mkdir "$out/before" "$out/after"
was=$(mktemp -d)
trap 'git -C "$dir" worktree remove --force "$was" 2>/dev/null || true; rm -rf "$was"' EXIT
git -C "$dir" worktree add --quiet --detach "$was" "$base"

# run COMMAND...: exit 1 is an answer, 2 ends the review.
run() {
  local code=0
  "$@" || code=$?
  [ "$code" -le 1 ] || exit 2
  return "$code"
}

code=0
: >"$out/drift.diff"
run natsyard -C "$dir" vet --format sarif >"$out/natsyard.sarif" || code=1
if [ "$code" -ne 0 ]; then
  natsyard -C "$dir" vet --format "${NATSYARD_FORMAT:-text}" || true
else
  run natsyard -C "$dir" render --check >"$out/drift.diff" || code=1
fi

# objects ROOT TO: the objects of each environment, a file an object. False where they cannot be rendered.
objects() {
  local env
  for env in "$1"/overlays/*/; do
    env=$(basename "$env")
    ls "$1/overlays/$env"/*.cue >/dev/null 2>&1 || continue
    natsyard -C "$1" render "$env" -o "$2/$env" >/dev/null 2>&1 || return 1
  done
}

{
  echo "<!-- natsyard $prefix -->"
  echo "### natsyard${prefix:+: $prefix}"
  echo
  if [ -s "$out/drift.diff" ]; then
    echo "**What is written is stale.** Run \`natsyard render\` and commit what it writes."
    echo
  fi
  if ! objects "$dir" "$out/after"; then
    echo "The change has mistakes: natsyard renders nothing of it."
    echo
    # An excerpt is indented, so that no line of a finding begins with a fence.
    echo '````'
    natsyard -C "$dir" vet 2>&1 | head -n 200 || true
    echo '````'
  elif ! objects "$was/$prefix" "$out/before"; then
    echo "What it is for, $(git -C "$dir" rev-parse --short "$base"), does not render with this natsyard, so there is nothing to compare with."
  else
    (cd "$out" && git diff --no-index --no-color --no-ext-diff --stat=100 before after >stat || true)
    if [ ! -s "$out/stat" ]; then
      echo "No object changes: the intents say of each what they said before."
    fi
    for env in $({ ls "$out/before"; ls "$out/after"; } | sort -u); do
      mkdir -p "$out/before/$env" "$out/after/$env"
      (cd "$out" && git diff --no-index --no-color --no-ext-diff "before/$env" "after/$env" >one || true)
      [ -s "$out/one" ] || continue
      files=$(grep -c '^diff --git ' "$out/one")
      echo "<details><summary><b>$env</b>: $files object(s) differ</summary>"
      echo
      # No line of a diff begins with a fence, and a comment may have 65,536 characters.
      echo '````diff'
      grep -vE '^(diff --git|index |new file|deleted file)' "$out/one" | head -c 15000
      [ "$(wc -c <"$out/one")" -le 15000 ] || printf '\n... and more: git diff --no-index before/%s after/%s\n' "$env" "$env"
      echo '````'
      echo "</details>"
      echo
    done
    rm -f "$out/stat" "$out/one"
  fi
} >"$out/comment.md"
if [ "$(wc -c <"$out/comment.md")" -gt 60000 ]; then
  head -c 59000 "$out/comment.md" | sed '$d' >"$out/cut"
  printf '````\n</details>\n\nThere is more than fits a comment.\n' >>"$out/cut"
  mv "$out/cut" "$out/comment.md"
fi
exit "$code"

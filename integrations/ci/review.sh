#!/usr/bin/env bash
# Reviews a change of a natsyard repository: what is wrong with it, whether what is written is stale, and
# what becomes of the objects. For any CI that has git, and natsyard on the PATH.
#
#   review.sh BASE OUT [DIR]
#
#   BASE  the commit or branch that the change is for
#   OUT   a folder to write to, made anew: natsyard.sarif, drift.diff, comment.md. Where the review could not work, comment.md
#         says so, and the others are not there.
#   DIR   the natsyard repository within the git repository, where it is not the root
#
# Exit 0: fine; 1: there are findings, or what is written is stale; 2: usage or environment.
# NATSYARD_FORMAT (text, json, github) is the form of the findings on standard output.
set -eEuo pipefail

out= prefix= scratch= reason=
fail() {
  echo "review.sh: $1" >&2
  reason=$1
  exit 2
}
trap 'fail "line $LINENO failed: $BASH_COMMAND"' ERR

# heading begins a comment.
heading() {
  echo "<!-- natsyard $prefix -->"
  echo "### natsyard${prefix:+: $prefix}"
  echo
}

# finish cleans up. What is not known is not to be taken for fine: no drift.diff and no natsyard.sarif then.
finish() {
  local code=$?
  trap - ERR
  set +e
  if [ -n "$scratch" ]; then
    git -C "$dir" worktree remove --force "$scratch/was" 2>/dev/null
    rm -rf "$scratch"
  fi
  if [ "$code" -ge 2 ] && [ -n "$out" ]; then
    rm -rf "$out/natsyard.sarif" "$out/drift.diff" "$out/before" "$out/after" "$out/stat" "$out/one" "$out/cut"
    {
      heading
      echo "**natsyard could not review this change**, so that nothing is known of it. The log of the job has more."
      echo
      # Set in, so that no line begins with a fence.
      echo '````'
      echo "${reason:-the review was ended}" | head -c 10000 | sed 's/^/  /'
      echo '````'
    } >"$out/comment.md"
  fi
  [ "$code" -le 1 ] || exit 2
}
trap finish EXIT

[ $# -ge 2 ] && [ $# -le 3 ] || fail "usage: review.sh BASE OUT [DIR]"
[ -n "$2" ] || fail "OUT is empty"
dir=${3:-.}
mkdir -p "$2" || fail "OUT $2 cannot be made"
out=$(cd "$2" && pwd)
rm -rf "$out/natsyard.sarif" "$out/drift.diff" "$out/comment.md" "$out/before" "$out/after"
for program in git natsyard; do
  command -v "$program" >/dev/null || fail "$program is not on the PATH"
done
[ -f "$dir/cue.mod/module.cue" ] || fail "$dir is not the root of a natsyard repository: it has no cue.mod/module.cue"
git -C "$dir" rev-parse --is-inside-work-tree >/dev/null || fail "$dir is not in a git repository"
prefix=$(git -C "$dir" rev-parse --show-prefix)
git -C "$dir" rev-parse --verify --quiet "$1^{commit}" >/dev/null || fail "there is no commit $1 here: is the name right, and was it fetched (fetch-depth: 0)?"
base=$(git -C "$dir" merge-base "$1" HEAD) || fail "$1 and HEAD have no commit in common; is the clone shallow (fetch-depth: 0)?"

mkdir "$out/before" "$out/after"
scratch=$(mktemp -d)
was=$scratch/was
git -C "$dir" worktree add --quiet --detach "$was" "$base" || fail "git could not check out $base"

# run COMMAND...: exit 0 and 1 are answers, all else ends the review with what was said.
run() {
  local code=0
  "$@" 2>"$scratch/said" || code=$?
  cat "$scratch/said" >&2
  [ "$code" -le 1 ] || fail "$(tail -n 50 "$scratch/said"; echo "($1 exited with $code)")"
  return "$code"
}

mistakes=0 stale=0
run natsyard -C "$dir" vet --format "${NATSYARD_FORMAT:-text}" || mistakes=1
run natsyard -C "$dir" vet --format sarif >"$out/natsyard.sarif" 2>/dev/null || mistakes=1
: >"$out/drift.diff"
if [ "$mistakes" -eq 0 ]; then
  run natsyard -C "$dir" render --check >"$out/drift.diff" || stale=1
fi

# objects ROOT TO: the objects of each environment, a file an object. It prints the environments that have none, for they do not
# render; more than that ends the review, unless it is the old state, which nobody can mend.
objects() {
  local env code
  for env in "$1"/overlays/*/; do
    env=$(basename "$env")
    ls "$1/overlays/$env"/*.cue >/dev/null 2>&1 || continue
    code=0
    natsyard -C "$1" render "$env" -o "$2/$env" >/dev/null 2>"$scratch/said" || code=$?
    [ "$code" -ne 0 ] || continue
    rm -rf "${2:?}/$env"
    [ "$code" -eq 1 ] || [ "$1" != "$dir" ] || fail "$(tail -n 50 "$scratch/said"; echo "(natsyard exited with $code)")"
    echo "$env"
  done
}

# difference FROM TO [OPTION...]: exit 0 and 1 of git diff are answers.
difference() {
  local code=0 from=$1 to=$2
  shift 2
  git -C "$out" diff --no-index --no-color --no-ext-diff "$@" "$from" "$to" || code=$?
  [ "$code" -le 1 ] || fail "git diff exited with $code"
}

objects "$dir" "$out/after" >"$scratch/broken"
objects "$was/$prefix" "$out/before" >"$scratch/old"
{
  heading
  if [ "$stale" -ne 0 ]; then
    echo "**What is written is stale.** Run \`natsyard render\` and commit what it writes."
    echo
  fi
  if [ "$mistakes" -ne 0 ]; then
    echo "The change has mistakes: natsyard renders nothing of it."
    echo
    # An excerpt is indented, so that no line of a finding begins with a fence.
    echo '````'
    natsyard -C "$dir" vet 2>&1 | head -n 200 || true
    echo '````'
    echo
  fi
  # Nothing can be compared of an environment that does not render, now or before.
  for env in $(sort -u "$scratch/broken" "$scratch/old"); do
    if ! grep -qxF "$env" "$scratch/broken"; then
      echo "**$env**: $(git -C "$dir" rev-parse --short "$base"), which the change is for, does not render with this natsyard, so there is nothing to compare with."
      echo
    elif [ "$mistakes" -eq 0 ]; then
      echo "**$env** does not render alone."
      echo
    fi
    rm -rf "$out/before/$env" "$out/after/$env"
  done
  difference before after --stat=100 >"$out/stat"
  if [ ! -s "$out/stat" ] && [ "$mistakes" -eq 0 ] && [ ! -s "$scratch/broken" ] && [ ! -s "$scratch/old" ]; then
    echo "No object changes: the intents say of each what they said before."
  fi
  for env in $({ ls "$out/before"; ls "$out/after"; } | sort -u); do
    mkdir -p "$out/before/$env" "$out/after/$env"
    difference "before/$env" "after/$env" >"$out/one"
    [ -s "$out/one" ] || continue
    files=$(grep -c '^diff --git ' "$out/one")
    echo "<details><summary><b>$env</b>: $files object(s) differ</summary>"
    echo
    # No line of a diff begins with a fence, and a comment may have 65,536 characters.
    echo '````diff'
    { grep -vE '^(diff --git|index |new file|deleted file)' "$out/one" || true; } | head -c 15000 || true
    [ "$(wc -c <"$out/one")" -le 15000 ] || printf '\n... and more: git diff --no-index before/%s after/%s\n' "$env" "$env"
    echo '````'
    echo "</details>"
    echo
  done
  rm -f "$out/stat" "$out/one"
} >"$out/comment.md"
if [ "$(wc -c <"$out/comment.md")" -gt 60000 ]; then
  head -c 59000 "$out/comment.md" | sed '$d' >"$out/cut"
  printf '````\n</details>\n\nThere is more than fits a comment.\n' >>"$out/cut"
  mv "$out/cut" "$out/comment.md"
fi
exit $((mistakes | stale))

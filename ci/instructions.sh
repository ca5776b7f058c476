#!/usr/bin/env bash
# What the calls of benches/instructions.rs cost, in instructions and readings of the clock, beside the figures of
# ci/instructions.txt: a path that became longer is seen without timing anything. `--record` writes the figures anew, for
# a change that is meant to move them. What has a loop beside it is held to that too, so that annotating costs one item
# nothing, and no loop its vectorization.
set -euo pipefail
cd "$(dirname "$0")/.."
figures=ci/instructions.txt

# How far a count may be from its figure, in percent, either way. Nothing varies from run to run; the C library may.
margin=5
# How far a call may be above a loop, in percent.
limits="one_item one_item_loop 1
squares squares_loop 5
squares_probed squares_loop 10"

if ! command -v valgrind >/dev/null; then
    as_root=$([ "$(id -u)" = 0 ] || echo sudo)
    $as_root apt-get update -q
    $as_root apt-get install -yq --no-install-recommends valgrind
fi

counting=$(mktemp -d)
trap 'rm -r "$counting"' EXIT
compiler=$(rustc -vV | awk '/^release:/ { release = $2 } /^host:/ { host = $2 } END { print "rustc", release, host }')
binary=$(cargo bench --bench instructions --no-run --message-format=json-render-diagnostics |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -1)

# Four threads to be had on any machine, as how a call begins depends on their number. It fails if one was woken.
failed=0
env -u PARMAP_PROCESSES -u PARMAP_CHUNKSIZE -u PARMAP_SCHEDULE RAYON_NUM_THREADS=4 \
    valgrind --quiet --tool=callgrind --callgrind-out-file="$counting/profile" --compress-strings=no "$binary" \
    >"$counting/readings" || failed=1

# In a profile the calls out of a function follow its name, each as `cfn=` the other's, `calls=` and position and cost.
awk 'FNR == NR { readings[$1] = $2; next }
     /^fn=/ { is_counted = /::counted(::h[0-9a-f]+)?$/ }
     is_counted && /^cfn=/ {
         sub(/::h[0-9a-f]+$/, ""); sub(/.*::/, ""); name = $0
         getline; getline; printf "%-20s %12d %9d\n", name, $2, readings[name]
     }' "$counting/readings" "$counting/profile" | sort >"$counting/counts"

if [ "${1:-}" = --record ]; then
    {
        echo "# Instructions of each call of benches/instructions.rs, and how often it reads the clock."
        echo "# Written by \`ci/instructions.sh --record\` with"
        echo "# $compiler"
        cat "$counting/counts"
    } >$figures
fi

# Another compiler compiles otherwise: then instructions are held to the loops alone.
awk -v failed=$failed -v margin=$margin -v compiler="# $compiler" -v limits="$limits" '
    function wrong(name, instructions, times) {
        if (!(name in figure)) return "not recorded"
        if (times != readings[name]) return "other readings"
        if (recorded_with != compiler) return ""
        off = 100 * (instructions / figure[name] - 1)
        if (off > margin) return sprintf("%+.1f%%", off)
        if (off < -margin) return sprintf("%+.1f%%: record the new figure", off)
    }
    function mark(why) {
        if (why) failed = 1
        return why ? "  <- " why : ""
    }
    FNR == NR && /^#/ { recorded_with = $0; next }
    FNR == NR { figure[$1] = $2; readings[$1] = $3; next }
    FNR == 1 { printf "%-20s %12s %9s %12s %9s\n", "", "instructions", "readings", "recorded", "" }
    { count[$1] = $2; why = wrong($1, $2, $3); printf "%s %12d %9d%s\n", $0, figure[$1], readings[$1], mark(why) }
    END {
        for (name in figure) if (!(name in count)) print name mark("not counted")
        pairs = split(limits, limit, "\n")
        for (pair = 1; pair <= pairs; pair++) {
            split(limit[pair], of, " ")
            above = 100 * (count[of[1]] / count[of[2]] - 1)
            printf "%s is %.1f%% above %s%s\n", of[1], above, of[2], mark(above > of[3] ? "at most " of[3] "%" : "")
        }
        if (recorded_with != compiler) print "instructions are not held to figures of another compiler:", recorded_with
        exit failed
    }' $figures "$counting/counts"

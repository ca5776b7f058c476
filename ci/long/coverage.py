"""Reads llvm-cov's JSON from standard input: prints lines, lines that ran and their share for each file of the folders
named, and then every place that did not run, with its text. Modules of tests are left out."""

import json
import re
import sys
from pathlib import Path

TESTS = re.compile(r"^#\[cfg\((?:test|all\(test, .*\))\)\]\nmod \w+ \{\n(?:.*\n)*?\}$", re.MULTILINE)


def lines_of_tests(text):
    """The numbers of the lines of modules that are compiled for tests alone."""
    numbers = set()
    for module in TESTS.finditer(text):
        first = text.count("\n", 0, module.start()) + 1
        numbers.update(range(first, first + module.group().count("\n") + 1))
    return numbers


def counted_lines(segments):
    """Of each line that holds code, whether it ran: by any region that begins on it, or reaches into it."""
    # A segment is line, column, count, whether it counts, whether a region begins, whether it is a gap between regions.
    ran, around, at = {}, None, 0
    for line in range(segments[0][0], segments[-1][0] + 1):
        here = []
        while at < len(segments) and segments[at][0] == line:
            here.append(segments[at])
            at += 1
        begun = [count for _, _, count, counts, begins, is_gap in here if counts and begins and not is_gap]
        is_skipped = bool(here) and not here[0][3] and here[0][4]
        if not is_skipped and (begun or (around is not None and around[3])):
            reaching = [around[2]] if around is not None and around[3] else []
            ran[line] = max(begun + reaching) > 0
        if here:
            around = here[-1]
    return ran


def places(segments, left_out):
    """The regions that did not run, neighbours as one: first and last place, as line and column."""
    found, goes_on = [], False
    for begin, end in zip(segments, segments[1:]):
        (line, _, count, counts, _, is_gap), last = begin, tuple(end[:2])
        if not counts or is_gap:
            continue
        if count > 0 or line in left_out:
            goes_on = False
        elif goes_on and line <= found[-1][1][0] + 1:
            found[-1][1] = last
        else:
            found.append([tuple(begin[:2]), last])
            goes_on = True
    return found


def shown(lines, begin, end):
    """The text between two places, on one line."""
    rows = lines[begin[0] - 1 : end[0]]
    rows[-1] = rows[-1][: end[1] - 1]
    rows[0] = rows[0][begin[1] - 1 :]
    text = " ".join(row.strip() for row in rows)
    return text if len(text) <= 100 else text[:97] + "..."


def main(folders):
    top = Path.cwd()
    files = {Path(file["filename"]): file["segments"] for file in json.load(sys.stdin)["data"][0]["files"]}
    rows, missing = [], []
    for path in sorted(path for folder in folders for path in (top / folder).rglob("*.rs")):
        if path not in files:
            continue
        text = path.read_text()
        left_out = lines_of_tests(text)
        segments = files[path]
        ran = {line: it for line, it in counted_lines(segments).items() if line not in left_out}
        name = path.relative_to(top)
        rows.append((str(name), len(ran), sum(ran.values())))
        lines = text.splitlines()
        for begin, end in places(segments, left_out):
            missing.append(f"{name}:{begin[0]}:{begin[1]}: {shown(lines, begin, end)}")
    rows.append(("together", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    for name, lines, ran in rows:
        print(f"{name:44} {lines:6} {ran:6} {100 * ran / max(lines, 1):6.1f}%")
    print("\nnot run:", *missing, sep="\n")


main(sys.argv[1:])

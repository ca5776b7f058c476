"""What an annotation adds to what clippy and the compiler say of a user's code: nothing, with every lint that they have.

The crate `lints` is looked at twice: as it stands, and with its functions annotated. Run by ci/downstream.sh, in
ci/downstream.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path


def silent_lints():
    """The compiler's lints that are allowed by default. Those that only nightly knows are unknown in both runs."""
    told = subprocess.run(["rustc", "-W", "help"], check=True, capture_output=True, text=True).stdout
    return re.findall(r"^ +([a-z0-9-]+) +allow ", told, re.MULTILINE)


def functions(file):
    """The function that each line stands in, by its name; of what stands before the first, nothing."""
    names, name = [], None
    for line in Path(file).read_text().splitlines():
        found = re.match(r" *(?:pub )?fn (\w+)", line)
        name = found[1] if found else name
        names.append(name)
    return names


def messages(features):
    """What is said, as `{(file, place, lint): texts}`. The place is the line; of calls it is the function, as without the
    annotations they are others."""
    lints = [f"-W{lint}" for lint in silent_lints()]
    lints += [f"-Wclippy::{group}" for group in ("all", "pedantic", "nursery", "restriction", "cargo")]
    command = ["cargo", "clippy", "--quiet", "-p", "lints", "--message-format=json", *features, "--", *lints]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = defaultdict(list)
    for line in said.splitlines():
        message = json.loads(line).get("message")
        if not message or not message["code"]:
            continue
        for span in message["spans"]:
            file, place = span["file_name"], span["line_start"]
            if span["is_primary"] and file.startswith("lints/"):
                if file.endswith("calls.rs"):
                    place = functions(file)[place - 1]
                found[file, place, message["code"]["code"]].append(message["rendered"])
    return found


def main():
    plain, annotated = messages([]), messages(["--features", "annotated"])
    count = sum(map(len, plain.values()))
    if count < 20:
        sys.exit(f"only {count} lints were seen in the code without annotations: were they on?")
    added = 0
    for (file, place, lint), texts in annotated.items():
        before = len(plain.get((file, place, lint), []))
        if len(texts) > before:
            print(f"{file}, {place}: {lint} {len(texts)} times, and {before} times without annotations", *texts, sep="\n")
            added += len(texts) - before
    if added:
        sys.exit(f"annotations add {added} lints")
    print(f"annotations add no lint to the {count} of the code without")


main()

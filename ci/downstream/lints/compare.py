"""What an annotation adds to what clippy and the compiler say of a user's code: nothing, with every lint that they have.

The crate `lints` is looked at twice: as it stands, and with its functions annotated. Run by ci/downstream.sh, in
ci/downstream.
"""

import json
import re
import subprocess
import sys


def silent_lints():
    """The compiler's lints that are allowed by default. Those that only nightly knows are unknown in both runs."""
    told = subprocess.run(["rustc", "-W", "help"], check=True, capture_output=True, text=True).stdout
    return re.findall(r"^ +([a-z0-9-]+) +allow ", told, re.MULTILINE)


def messages(features):
    """What is said, as `{(file, line, lint): text}`; of calls the line says nothing, as there is no call without."""
    lints = [f"-W{lint}" for lint in silent_lints()]
    lints += [f"-Wclippy::{group}" for group in ("all", "pedantic", "nursery", "restriction", "cargo")]
    command = ["cargo", "clippy", "--quiet", "-p", "lints", "--message-format=json", *features, "--", *lints]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = {}
    for line in said.splitlines():
        message = json.loads(line).get("message")
        if not message or not message["code"]:
            continue
        for span in message["spans"]:
            if span["is_primary"] and span["file_name"].startswith("lints/"):
                of_calls = span["file_name"].endswith("calls.rs")
                place = (span["file_name"], None if of_calls else span["line_start"], message["code"]["code"])
                found[place] = message["rendered"]
    return found


def main():
    plain, annotated = messages([]), messages(["--features", "annotated"])
    if len(plain) < 20:
        sys.exit(f"only {len(plain)} lints were seen in the code without annotations: were they on?")
    added = [text for place, text in annotated.items() if place not in plain]
    for text in added:
        print(text)
    if added:
        sys.exit(f"annotations add {len(added)} lints")
    print(f"annotations add no lint to the {len(plain)} of the code without")


main()

"""Holds the dependencies to deny.toml where cargo-deny is not installed: licences, wildcards, doubles and sources.

Reads the part of deny.toml that is there, and fails at a key it does not know, so that nothing is taken for checked
that is not.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict

try:
    import tomllib
except ImportError:
    print("skipped: no cargo-deny, and python3 is older than 3.11")
    sys.exit(0)

CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"
KNOWN = {
    "licenses": {"allow", "include-dev", "unused-allowed-license"},
    "bans": {"multiple-versions", "multiple-versions-include-dev", "wildcards", "allow-wildcard-paths", "skip"},
    "sources": {"unknown-registry", "unknown-git"},
}


def licensed(expression, allowed, used):
    """Whether an SPDX expression can be met with the licences `allowed`; notes those that it is met with."""
    # Some manifests still write a slash.
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))

    def either():
        one = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            other = both()
            one = one if other is None else other if one is None else one | other
        return one

    def both():
        one = single()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            other = single()
            one = None if one is None or other is None else one | other
        return one

    def single():
        token = tokens.pop(0)
        if token == "(":
            inner = either()
            tokens.pop(0)
            return inner
        name = token
        if tokens and tokens[0] == "WITH":
            name = f"{token} WITH {tokens[1]}"
            del tokens[:2]
        return {name} if name in allowed else None

    met = either()
    if met is None or tokens:
        return False
    used |= met
    return True


def told(*arguments):
    """What cargo says of everything that the workspace can need."""
    run = subprocess.run(["cargo", *arguments, "--all-features", "--locked"], stdout=subprocess.PIPE, text=True)
    if run.returncode:
        sys.exit(run.returncode)
    return run.stdout


def needed():
    """The packages that are built for something in the workspace, on some machine: the lock file has more."""
    metadata = json.loads(told("metadata", "--format-version=1"))
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    left, found = list(metadata["workspace_members"]), set()
    while left:
        id = left.pop()
        if id not in found:
            found.add(id)
            # Some write `cfg(any())`, which holds nowhere, to tie the versions of two packages.
            is_tie = lambda dep: all(kind["target"] == "cfg(any())" for kind in dep["dep_kinds"])
            left += [dep["pkg"] for dep in nodes[id]["deps"] if not is_tie(dep)]
    # That still has what features name as `package?/feature` and do not switch on.
    tree = told("tree", "--workspace", "--target=all", "--edges=all", "--prefix=none", "--format={p}")
    built = {tuple(line.split()[:2]) for line in tree.splitlines() if " v" in line}
    found = [packages[id] for id in found]
    found = [package for package in found if (package["name"], f"v{package['version']}") in built]
    return sorted(found, key=lambda package: (package["name"], package["version"]))


def main():
    with open("deny.toml", "rb") as file:
        deny = tomllib.load(file)
    wrong = [f"deny.toml: [{table}] is not known to ci/deny.py" for table in deny if table not in KNOWN]
    for table, keys in KNOWN.items():
        unknown = set(deny.get(table, {})) - keys
        wrong += [f"deny.toml: `{key}` of [{table}] is not known to ci/deny.py" for key in unknown]
    packages = needed()

    allowed, used = set(deny["licenses"]["allow"]), set()
    versions = defaultdict(set)
    for package in packages:
        name = f"{package['name']} {package['version']}"
        versions[package["name"]].add(package["version"])
        if not package["license"] or not licensed(package["license"], allowed, used):
            wrong.append(f"{name}: licence {package['license'] or 'not given'} is not allowed")
        if package["source"] not in (None, CRATES_IO):
            wrong.append(f"{name}: comes from {package['source']}")
        for dependency in package["dependencies"] if package["source"] is None else []:
            if dependency["req"] == "*" and not dependency.get("path"):
                wrong.append(f"{name}: any version of {dependency['name']} will do")
    if len(packages) < 20:
        wrong.append(f"only {len(packages)} packages were found")
    wrong += [f"licence {licence} is allowed, and nothing has it" for licence in sorted(allowed - used)]

    skipped = [entry["crate"].split("@") for entry in deny["bans"].get("skip", [])]
    for name, found in sorted(versions.items()):
        is_skipped = lambda version: any(name == skip and version.startswith(f"{start}.") for skip, start in skipped)
        left = {version for version in found if not is_skipped(version)}
        if len(left) > 1:
            print(f"warning: {name} is there {len(left)} times: {', '.join(sorted(left))}")
    for name, start in skipped:
        if not any(version.startswith(f"{start}.") for version in versions[name]):
            wrong.append(f"deny.toml: {name}@{start} is skipped, and not there")

    for line in wrong:
        print(line)
    if wrong:
        sys.exit(f"{len(wrong)} things are not as deny.toml allows")
    print(f"{len(packages)} packages are as deny.toml allows, by ci/deny.py; advisories were not looked at")


main()

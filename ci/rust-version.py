"""Whether what the crates need builds with the Rust given, by what each package says; and whether their own code is
written in it, by the syntax that is known to be newer. Run by ci/rust-version.sh.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

CRATES = {"parmap": "src", "parmap-core": "parmap-core/src", "parmap-macros": "parmap-macros/src"}
# Packages that do not say what they need, at the versions that were looked at.
SILENT = {"encode_unicode 1.0.0": "1.56"}
# The syntax of a Rust newer than 1.85, which no lint tells.
NEWER = {
    "1.88": r"\b(?:if|while)\s+let\b[^{};]*[^&]&&|&&\s*let\b",
    "1.95": r"\bif\s+let\b[^{};=]*=[^{};]*=>",
}


def number(version):
    return tuple(int(part) for part in version.split(".")[:2])


def bare(code):
    """The code without comments and without what stands in parentheses, where syntax means other things."""
    code = re.sub(r"//.*", "", code)
    nested = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
    while nested.search(code):
        code = nested.sub(lambda found: "_" + "\n" * found[0].count("\n"), code)
    return code


def needed(metadata):
    """The packages that the crates are built of, tests and examples aside."""
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    left = [id for id, package in packages.items() if package["source"] is None and package["name"] in CRATES]
    found = set()
    while left:
        id = left.pop()
        if id not in found:
            found.add(id)
            deps = nodes[id]["deps"]
            left += [dep["pkg"] for dep in deps if any(kind["kind"] in (None, "build") for kind in dep["dep_kinds"])]
    return [packages[id] for id in found]


def main():
    oldest = number(sys.argv[1])
    command = ["cargo", "metadata", "--format-version=1", "--all-features", "--locked"]
    metadata = subprocess.run(command, stdout=subprocess.PIPE)
    if metadata.returncode:
        sys.exit(metadata.returncode)
    wrong, packages = [], needed(json.loads(metadata.stdout))
    for package in packages:
        name = f"{package['name']} {package['version']}"
        needs = package["rust_version"] or SILENT.get(name)
        if needs is None:
            wrong.append(f"{name} does not say what Rust it needs: look, and note it in ci/rust-version.py")
        elif number(needs) > oldest:
            wrong.append(f"{name} needs Rust {needs}")
    files = [file for folder in CRATES.values() for file in sorted(Path(folder).rglob("*.rs"))]
    for file in files:
        code = bare(file.read_text())
        for version, syntax in NEWER.items():
            if number(version) > oldest:
                for found in re.finditer(syntax, code):
                    line = code.count("\n", 0, found.start()) + 1
                    wrong.append(f"{file}:{line} is written in Rust {version}: {' '.join(found[0].split())}")
    for line in wrong:
        print(line)
    if wrong:
        sys.exit(f"Rust {sys.argv[1]} does not build this")
    print(f"{len(packages)} packages and {len(files)} files say nothing that Rust {sys.argv[1]} does not understand")


main()

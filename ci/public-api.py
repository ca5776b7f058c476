"""Writes the public face of parmap and parmap-core, one item a line, or compares it with what ci/public-api holds.

Reads what rustdoc says as JSON in the given folder. Items of the standard library and of other crates are written by
their last name, those of the crate by the path under which they are public, if they are.
"""

import difflib
import json
import re
import sys
from pathlib import Path

# What this was written for. Another version may say the same in other words.
FORMAT_VERSION = 57
AUTO_TRAITS = ["Send", "Sync", "Unpin", "UnwindSafe", "RefUnwindSafe"]
RECORDED = Path("ci/public-api")


class Face:
    """What one crate shows."""

    def __init__(self, described):
        self.index = described["index"]
        name = self.item(described["root"])["name"]
        shown = list(self.walk(described["root"], name))
        self.lines = set()
        # What is public in several places is so by the shortest path.
        self.paths = {}
        for path, item, _ in sorted(shown, key=lambda entry: (entry[0].count("::"), entry[0])):
            if item is not None:
                self.paths.setdefault(item["id"], path)
        for path, item, source in shown:
            if item is None:
                self.lines.add(f"pub use {path} = {source}")
            elif self.paths[item["id"]] != path:
                self.lines.add(f"pub use {path} = {self.paths[item['id']]}")
            else:
                kind, inner = kind_of(item)
                getattr(self, f"show_{kind}", self.show_other)(path, item, inner)

    def item(self, id):
        return self.index.get(str(id))

    def walk(self, module, path):
        """What is public in a module, as its path and what it is, or where that comes from if it is another crate's."""
        for id in kind_of(self.item(module))[1]["items"]:
            item = self.item(id)
            if item is None or item["visibility"] != "public":
                continue
            here, source, is_glob = f"{path}::{item['name']}", None, False
            while item is not None and kind_of(item)[0] == "use":
                use = kind_of(item)[1]
                source, is_glob = use["source"], use["is_glob"]
                here = f"{path}::{'*' if is_glob else use['name']}"
                item = None if use["id"] is None else self.item(use["id"])
            if is_glob and item is not None:
                yield from self.walk(item["id"], path)
                continue
            yield here, item, source
            if item is not None and kind_of(item)[0] == "module":
                yield from self.walk(item["id"], here)

    # One line each.

    def show_other(self, path, item, inner):
        raise SystemExit(f"ci/public-api.py does not know how to write {path}, a {kind_of(item)[0]}")

    def show_module(self, path, item, inner):
        self.lines.add(f"pub mod {path}")

    def show_function(self, path, item, inner, place=""):
        header = "".join(f"{word} " for word in ("const", "async", "unsafe") if inner["header"][f"is_{word}"])
        generics, where = self.generics(inner["generics"])
        inputs = ", ".join(self.parameter(name, type) for name, type in inner["sig"]["inputs"])
        output = f" -> {self.type(inner['sig']['output'])}" if inner["sig"]["output"] else ""
        self.lines.add(f"{self.attributes(item)}pub {header}fn {path}{generics}({inputs}){output}{where}{place}")

    def show_struct(self, path, item, inner):
        generics, where = self.generics(inner["generics"])
        shape = ""
        if inner["kind"] != "unit":
            (shape, fields), = inner["kind"].items()
            fields = fields if shape == "tuple" else fields["fields"]
            shape = " (..)" if shape == "tuple" else " {..}"
            for place, field in enumerate(fields):
                field = field is not None and self.item(field)
                if field and field["visibility"] == "public":
                    self.lines.add(f"pub {path}::{field['name'] or place}: {self.type(kind_of(field)[1])}")
        self.lines.add(f"{self.attributes(item)}pub struct {path}{generics}{shape}{where}")
        self.show_impls(path, inner["impls"])

    def show_enum(self, path, item, inner):
        generics, where = self.generics(inner["generics"])
        self.lines.add(f"{self.attributes(item)}pub enum {path}{generics}{where}")
        for id in inner["variants"]:
            variant = self.item(id)
            kind = kind_of(variant)[1]["kind"]
            types = ""
            if kind != "plain":
                (shape, fields), = kind.items()
                fields = [self.item(field) for field in (fields if shape == "tuple" else fields["fields"])]
                types = ", ".join(self.type(kind_of(field)[1]) for field in fields if field)
                types = f"({types})" if shape == "tuple" else f" {{ {types} }}"
            self.lines.add(f"pub {path}::{variant['name']}{types}")
        self.show_impls(path, inner["impls"])

    def show_trait(self, path, item, inner):
        generics, where = self.generics(inner["generics"])
        unsafe = "unsafe " if inner["is_unsafe"] else ""
        bounds = self.bounds(inner["bounds"], ": ")
        self.lines.add(f"{self.attributes(item)}pub {unsafe}trait {path}{generics}{bounds}{where}")
        self.show_items(path, inner["items"], in_trait=True)
        self.show_impls(path, inner["implementations"])

    def show_type_alias(self, path, item, inner):
        generics, where = self.generics(inner["generics"])
        self.lines.add(f"pub type {path}{generics} = {self.type(inner['type'])}{where}")

    def show_constant(self, path, item, inner):
        self.lines.add(f"pub const {path}: {self.type(inner['type'])}")

    def show_static(self, path, item, inner):
        self.lines.add(f"pub static {path}: {self.type(inner['type'])}")

    def show_macro(self, path, item, inner):
        self.lines.add(f"pub macro {path}!")

    def show_proc_macro(self, path, item, inner):
        self.lines.add(f"pub macro {path}: {inner['kind']}")

    def show_items(self, path, ids, place="", in_trait=False):
        """What a trait or an implementation holds."""
        for id in ids:
            item = self.item(id)
            if item is None:
                continue
            (kind, inner), here = kind_of(item), f"{path}::{item['name']}"
            if kind == "function":
                self.show_function(here, item, inner, " {..}" if in_trait and inner["has_body"] else place)
            elif kind == "assoc_type":
                generics, where = self.generics(inner["generics"])
                value = f" = {self.type(inner['type'])}" if inner["type"] else ""
                self.lines.add(f"type {here}{generics}{self.bounds(inner['bounds'], ': ')}{value}{where}")
            elif kind == "assoc_const":
                self.lines.add(f"const {here}: {self.type(inner['type'])}")
            else:
                self.show_other(here, item, inner)

    def show_impls(self, path, ids):
        """Implementations of traits by their head; the crate's own items of a type with it."""
        for id in ids:
            item = self.item(id)
            if item is None or kind_of(item)[0] != "impl":
                continue
            impl = kind_of(item)[1]
            if impl["blanket_impl"] is not None:
                continue
            generics, where = self.generics(impl["generics"])
            if impl["trait"] is None:
                methods = [self.item(item) for item in impl["items"]]
                public = [method["id"] for method in methods if method and method["visibility"] == "public"]
                # Whatever is asked of the type for these to be there.
                asks = ": " in generics or where
                self.show_items(path, public, f" in impl{generics} {self.type(impl['for'])}{where}" if asks else "")
                continue
            trait = self.path(impl["trait"])
            if trait == "StructuralPartialEq":
                continue
            if impl["is_synthetic"] and trait not in AUTO_TRAITS or self.is_hidden(impl["trait"]):
                continue
            unsafe = "unsafe " if impl["is_unsafe"] else ""
            no = "!" if impl["is_negative"] else ""
            self.lines.add(f"{unsafe}impl{generics} {no}{trait} for {self.type(impl['for'])}{where}")

    def is_hidden(self, trait):
        """Whether a trait is the crate's own, and cannot be named from outside."""
        known = self.item(trait["id"])
        return known is not None and known["crate_id"] == 0 and trait["id"] not in self.paths

    # Parts of a line.

    def attributes(self, item):
        written = json.dumps(item["attrs"])
        return "".join(f"#[{name}] " for name in ("must_use", "non_exhaustive") if name in written)

    def parameter(self, name, type):
        if name != "self":
            return f"{name}: {self.type(type)}"
        shown = self.type(type)
        return {"Self": "self", "&Self": "&self", "&mut Self": "&mut self"}.get(shown, f"self: {shown}")

    def generics(self, generics):
        """The parameters in angle brackets, and the `where` behind everything."""
        params = [param for param in generics["params"] if not self.is_synthetic(param)]
        shown = f"<{', '.join(self.param(param) for param in params)}>" if params else ""
        where = ", ".join(self.predicate(predicate) for predicate in generics["where_predicates"])
        return shown, f" where {where}" if where else ""

    @staticmethod
    def is_synthetic(param):
        return param["kind"].get("type", {}).get("is_synthetic", False)

    def param(self, param):
        (kind, of), = param["kind"].items()
        if kind == "lifetime":
            return param["name"] + (f": {' + '.join(of['outlives'])}" if of["outlives"] else "")
        if kind == "const":
            return f"const {param['name']}: {self.type(of['type'])}" + (f" = {of['default']}" if of["default"] else "")
        default = f" = {self.type(of['default'])}" if of["default"] else ""
        return param["name"] + self.bounds(of["bounds"], ": ") + default

    def predicate(self, predicate):
        (kind, of), = predicate.items()
        if kind == "bound_predicate":
            return f"{self.higher(of['generic_params'])}{self.type(of['type'])}{self.bounds(of['bounds'], ': ')}"
        if kind == "lifetime_predicate":
            return f"{of['lifetime']}: {' + '.join(of['outlives'])}"
        return f"{self.type(of['lhs'])} == {self.term(of['rhs'])}"

    def higher(self, params):
        return f"for<{', '.join(self.param(param) for param in params)}> " if params else ""

    def bounds(self, bounds, before=""):
        shown = " + ".join(self.bound(bound) for bound in bounds)
        return before + shown if shown else ""

    def bound(self, bound):
        (kind, of), = bound.items()
        if kind == "outlives":
            return of
        if kind == "use":
            return f"use<{', '.join(next(iter(captured.values())) for captured in of)}>"
        modifier = {"none": "", "maybe": "?"}.get(of["modifier"], f"{of['modifier']} ")
        return f"{self.higher(of['generic_params'])}{modifier}{self.path(of['trait'])}"

    def path(self, path):
        known = self.paths.get(path["id"])
        name = known.split("::", 1)[-1] if known else path["path"].rsplit("::", 1)[-1]
        return name + self.args(path["args"])

    def args(self, args):
        if not args:
            return ""
        if args == "return_type_notation":
            return "(..)"
        (kind, of), = args.items()
        if kind == "parenthesized":
            output = f" -> {self.type(of['output'])}" if of["output"] else ""
            return f"({', '.join(self.type(input) for input in of['inputs'])}){output}"
        shown = [self.arg(arg) for arg in of["args"]]
        shown += [self.constraint(constraint) for constraint in of["constraints"]]
        return f"<{', '.join(shown)}>" if shown else ""

    def arg(self, arg):
        if arg == "infer":
            return "_"
        (kind, of), = arg.items()
        return {"lifetime": lambda: of, "type": lambda: self.type(of), "const": lambda: of["expr"]}[kind]()

    def constraint(self, constraint):
        (kind, of), = constraint["binding"].items()
        name = constraint["name"] + self.args(constraint["args"])
        return f"{name} = {self.term(of)}" if kind == "equality" else f"{name}{self.bounds(of, ': ')}"

    def term(self, term):
        (kind, of), = term.items()
        return self.type(of) if kind == "type" else of["expr"]

    def type(self, type):
        if type == "infer":
            return "_"
        (kind, of), = type.items()
        return getattr(self, f"type_{kind}")(of)

    def type_resolved_path(self, of):
        return self.path(of)

    def type_generic(self, of):
        return of

    type_primitive = type_generic

    def type_tuple(self, of):
        return f"({', '.join(map(self.type, of))}{',' if len(of) == 1 else ''})"

    def type_slice(self, of):
        return f"[{self.type(of)}]"

    def type_array(self, of):
        return f"[{self.type(of['type'])}; {of['len']}]"

    def type_impl_trait(self, of):
        return f"impl {self.bounds(of)}"

    def type_raw_pointer(self, of):
        return f"*{'mut' if of['is_mutable'] else 'const'} {self.type(of['type'])}"

    def type_borrowed_ref(self, of):
        lifetime = f"{of['lifetime']} " if of["lifetime"] else ""
        return f"&{lifetime}{'mut ' if of['is_mutable'] else ''}{self.type(of['type'])}"

    def type_qualified_path(self, of):
        name = of["name"] + self.args(of["args"])
        own, trait = self.type(of["self_type"]), of["trait"] and self.path(of["trait"])
        return f"<{own} as {trait}>::{name}" if trait else f"{own}::{name}"

    def type_dyn_trait(self, of):
        traits = [f"{self.higher(poly['generic_params'])}{self.path(poly['trait'])}" for poly in of["traits"]]
        return f"dyn {' + '.join(traits + ([of['lifetime']] if of['lifetime'] else []))}"

    def type_function_pointer(self, of):
        inputs = ", ".join(self.type(type) for _, type in of["sig"]["inputs"])
        output = f" -> {self.type(of['sig']['output'])}" if of["sig"]["output"] else ""
        return f"{self.higher(of['generic_params'])}fn({inputs}){output}"


def kind_of(item):
    """What an item is, and what there is to say of that."""
    inner = item["inner"]
    if isinstance(inner, str):
        return inner, {}
    (kind, of), = inner.items()
    return kind, of


def without_attributes(line):
    return re.sub(r"^(#\[\w+\] )+", "", line)


def main():
    folder, mode = Path(sys.argv[1]), sys.argv[2]
    names = ["parmap", "parmap-core", "parmap-core-hidden"]
    described = {name: json.loads((folder / f"{name}.json").read_text()) for name in names}
    version = described["parmap"]["format_version"]
    if version != FORMAT_VERSION:
        print(f"skipped: rustdoc speaks version {version} of its format, and ci/public-api.py {FORMAT_VERSION}")
        return
    faces = {name: Face(crate).lines for name, crate in described.items()}
    # What expansions use is no promise, and what changes in it should be seen all the same.
    faces["parmap-core-hidden"] -= faces["parmap-core"]
    differs = False
    for name, lines in faces.items():
        path, lines = RECORDED / f"{name}.txt", sorted(lines, key=without_attributes)
        if mode == "--record":
            path.write_text("".join(f"{line}\n" for line in lines))
            continue
        recorded = path.read_text().splitlines() if path.exists() else []
        difference = list(difflib.unified_diff(recorded, lines, str(path), f"{name} as it is", lineterm="", n=0))
        print("\n".join(difference) if difference else f"{name}: {len(lines)} lines, as recorded")
        differs |= bool(difference)
    if differs:
        sys.exit("the public face is another one: if that is meant, accept it with `ci/public-api.sh --record`")


main()

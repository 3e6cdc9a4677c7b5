"""A crate of the pure modules in which every mutant is built in, to be chosen by its number as it starts."""

import json
import os
import re
import shutil
import subprocess
from collections import defaultdict

import rust


def without_fuzzing(text):
    """What is given to the fuzzer comes from all modules."""
    return re.sub(r"#\[cfg\(any\(test, fuzzing\)\)\]\n.*mod fuzzing;\n", "", text)


def without_tests(text):
    return re.sub(r"#\[cfg\(test\)\]\n.*mod tests;\n", "", without_fuzzing(text))


class Tree:
    def __init__(self, root, place):
        self.root, self.place = root, place
        self.environment = dict(os.environ, CARGO_TARGET_DIR=str(place / "target"), RUSTFLAGS="--cap-lints=allow",
                                CARGO_PROFILE_DEV_DEBUG="0", CARGO_PROFILE_TEST_DEBUG="0",
                                CARGO_PROFILE_DEV_OPT_LEVEL="1")

    def prepare(self, modules, helpers):
        """Everything but the modules' sources."""
        tree = self.place / "tree"
        shutil.rmtree(tree, ignore_errors=True)
        for module in [*modules, *helpers]:
            source = self.root / module
            (tree / module).parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, tree / module, copy_function=shutil.copy)
            else:
                shutil.copy(source, tree / module)
        for helper in helpers:
            for path in (tree / helper).rglob("*.rs"):
                path.write_text(without_tests(path.read_text()))
        here = self.root / "tests" / "mutation"
        shutil.copy(here / "lib.rs", tree / "src" / "lib.rs")
        shutil.copy(self.root / "Cargo.lock", tree)
        (tree / "tests").mkdir()
        for name in ["sim", "vectors"]:
            (tree / "tests" / name).symlink_to(self.root / "tests" / name)
        files = [*tree.rglob("*.rs"), *(self.root / "tests" / "sim").rglob("*.rs")]
        sources = "".join(path.read_text() for path in files)
        self.manifest(tree, sources)

    def manifest(self, tree, sources):
        """The crate's own, with those of its dependencies that the modules use."""
        wanted, section = [], None
        for line in (self.root / "Cargo.toml").read_text().splitlines():
            section = line if line.startswith("[") else section
            crate = re.match(r"([\w-]+) =", line)
            if section == "[package]":
                keep = line.startswith(("[", "name", "version", "edition"))
            elif section in ("[dependencies]", "[dev-dependencies]"):
                name = {"tz-rs": "tz"}.get(crate[1], crate[1].replace("-", "_")) if crate else ""
                keep = not crate or re.search(rf"\b{name}::", sources)
            else:
                keep = False
            wanted += [line] if keep else []
        wanted += ["[[test]]", 'name = "sim"', 'path = "tests/sim/main.rs"']
        (tree / "Cargo.toml").write_text("\n".join(wanted) + "\n")

    def write(self, name, text):
        text = without_fuzzing(text)
        path = self.place / "tree" / name
        if path.read_text() != text:
            path.write_text(text)

    def build(self):
        """Errors by file and line if it cannot be built; else the two programs of tests."""
        command = ["cargo", "test", "--quiet", "--lib", "--test", "sim", "--no-run", "--message-format=json"]
        run = subprocess.run(command, cwd=self.place / "tree", env=self.environment, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        errors, programs = [], {}
        for line in run.stdout.splitlines():
            message = json.loads(line)
            if message["reason"] == "compiler-artifact" and message["executable"]:
                programs[message["target"]["name"]] = message["executable"]
            if message["reason"] == "compiler-message" and message["message"]["level"] == "error":
                errors.append(message["message"])
        if run.returncode and not errors:
            raise RuntimeError(run.stderr)
        return errors, programs


def all_in_one(text, mutants, kept):
    """The source with a choice at the beginning of each function; and the lines of each mutant."""
    out, lines, done = Lines(), {}, 0
    for (begin, end), here in sorted(by_function(mutants).items()):
        first, last = rust.body(text, begin, end)
        original = text[first:last]
        out.add(text[done:first] + " match crate::mutant() {")
        for mutant in here:
            start = out.number + 1
            out.add(f"\n{mutant.number} => {{\n{mutant.within(text, first, last)}\n}}")
            lines[mutant.number] = (start, out.number)
        out.add(f"\n_ => {{{original}}} }}\n")
        done = last
    out.add(text[done:])
    return without_const("".join(out.pieces), kept), lines


class Lines:
    """Text that knows the number of its last line."""

    def __init__(self):
        self.pieces, self.number = [], 1

    def add(self, piece):
        self.pieces.append(piece)
        self.number += piece.count("\n")


def by_function(mutants):
    """Functions, those within others left out, and their mutants."""
    spans = {mutant.function for mutant in mutants}
    outermost = [span for span in spans
                 if not any(other != span and other[0] <= span[0] and span[1] <= other[1] for other in spans)]
    groups = defaultdict(list)
    for mutant in mutants:
        begin, end = mutant.function
        groups[next(span for span in outermost if span[0] <= begin and end <= span[1])].append(mutant)
    return groups


def without_const(text, kept):
    """Which mutant it is, is known at run time only."""
    names = "|".join(kept)
    return re.sub(rf"\bconst fn (?!(?:{names})\b)", "fn ", text)


def called_in_constants(text):
    """Functions that have to be constant."""
    constants = re.findall(r"\b(?:const|static) \w+: [^=;]+= ([^;]+);", text)
    return {name for constant in constants for name in re.findall(r"\b(\w+)\(", constant)}

#!/usr/bin/env python3
"""Which lines of the pure modules no test watches over.

Every mutant that cargo-mutants makes of them, and each of their statements left out: all of them are
built into one crate of these modules alone, and chosen as its tests start. The modules' own tests have
to fail, or the simulation. Survivors have to be in docs/mutants.md, each with the reason.
"""

import argparse
import collections
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import rust
from tree import Tree, all_in_one, called_in_constants, without_const

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "target" / "mutation"
OUTCOMES = PLACE / "outcomes.tsv"
KNOWN = ROOT / "docs" / "mutants.md"
WPA = [f"src/supplicant/wpa/{name}.rs" for name in ["deny", "event", "network", "status", "table", "text"]]
MODULES = ["src/address", "src/supervisor", "src/wifi.rs", *WPA]
# What they and the simulation need besides, as it is.
HELPERS = ["src/config"]
TOOL = "cargo-mutants@27.1.0"
STEPS = "60000"
MEMORY = 4 << 30
# For a test that waits for something.
PATIENCE = 60


@dataclass
class Mutant:
    number: int
    file: str
    line: int
    what: str
    source: str
    begin: int
    end: int
    replacement: str
    function: tuple | None
    outcome: str = ""
    by: str = ""

    def within(self, text, first, last):
        """A part of the text, changed."""
        return text[first:self.begin] + self.replacement + text[self.end:last]

    def key(self):
        return self.file, self.what, self.source

    def __str__(self):
        return f"{self.file}:{self.line}: {self.what}: `{self.source}`"


def say(text):
    print(text, flush=True)


def tool():
    """cargo-mutants, which is installed below target/ unless it is there."""
    program = PLACE / "tools" / "bin" / "cargo-mutants"
    if not program.exists():
        say(f"cargo install {TOOL}, below {PLACE / 'tools'}")
        command = ["cargo", "install", "--quiet", "--locked", "--root", PLACE / "tools", TOOL]
        subprocess.run(command, check=True)
    return program


class Source:
    def __init__(self, file):
        self.text = (ROOT / file).read_text()
        self.starts = [0] + [match.end() for match in re.finditer("\n", self.text)]

    def offset(self, place):
        return self.starts[place["line"] - 1] + place["column"] - 1

    def span(self, span):
        return self.offset(span["start"]), self.offset(span["end"])

    def line(self, offset):
        """Its number and what stands there."""
        number = self.text.count("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        return number, self.text[self.starts[number - 1]:end].strip()


class Sources(dict):
    """All files of the modules by name."""

    def __init__(self):
        for module in MODULES:
            path = ROOT / module
            for file in [path] if path.is_file() else sorted(path.rglob("*.rs")):
                name = str(file.relative_to(ROOT))
                self[name] = Source(name)
        self.kept = set().union(*(called_in_constants(source.text) for source in self.values()))


def mutants(sources):
    """cargo-mutants' own, and statements left out."""
    files = [argument for module in MODULES
             for argument in ("-f", module if module.endswith(".rs") else module + "/**")]
    command = [tool(), "mutants", "--no-config", "--list", "--json", "-e", "fuzzing.rs", *files]
    listed = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    functions = collections.defaultdict(dict)
    found = []

    def add(file, what, span, replacement, function):
        line, text = sources[file].line(span[0])
        found.append(Mutant(len(found) + 1, file, line, what, text, *span, replacement, function))

    for mutant in listed:
        file, what = mutant["file"], mutant["name"].split(": ", 1)[1]
        source = sources[file]
        function = mutant["function"]
        span = source.span(function["span"]) if function else None
        if function:
            functions[file][span] = function["function_name"]
        add(file, what, source.span(mutant["span"]), mutant["replacement"], span)
    for file, spans in functions.items():
        text = sources[file].text
        for (begin, end), name in spans.items():
            first, last = rust.body(text, begin, end)
            for span in rust.statements(text, first, last):
                if text[slice(*span)] != text[first:last].strip():
                    add(file, f"leave the statement out in {name}", span, "", (begin, end))
    return found


class Trial:
    """Runs the tests of what was built: a module's own, those of the others, the simulation."""

    def __init__(self, tree):
        self.environment = dict(tree.environment, MACVEIL_SIM_STEPS=STEPS, PROPTEST_RNG_SEED="1", RUST_BACKTRACE="0")
        self.longest = 60
        # Far from any sources, beside which proptest would write down what fails.
        self.elsewhere = tempfile.TemporaryDirectory()
        for name in ["sim", "scenarios"]:
            shutil.copytree(ROOT / "tests" / name, Path(self.elsewhere.name, "tests", name))

    def run(self, program, arguments, number):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (self.longest, self.longest + 1))

        return subprocess.run([program, *arguments], cwd=self.elsewhere.name, preexec_fn=limit,
                              env=dict(self.environment, MACVEIL_MUTANT=str(number)), text=True, errors="replace",
                              timeout=PATIENCE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def rehearse(self, programs):
        """Without a mutant everything has to pass; says how long that takes."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for name in ["macveil", "sim"]:
            run = self.run(programs[name], [], 0)
            if run.returncode:
                sys.exit(f"{name} fails without any mutant:\n{run.stdout}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime - before.ru_utime
        self.longest = 2 + int(3 * seconds)
        say(f"without any mutant all tests pass in {seconds:.1f} s of a processor's time")

    def judge(self, mutant, programs, number):
        module = re.match(r"src/(\w+)", mutant.file)[1]
        for name, arguments in [("macveil", [module + "::"]), ("macveil", ["--skip", module + "::"]), ("sim", [])]:
            try:
                run = self.run(programs[name], arguments, number)
                is_endless = run.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
            except subprocess.TimeoutExpired:
                is_endless = True
            if is_endless:
                mutant.outcome, mutant.by = "timed out", name
                return
            if run.returncode:
                failed = re.search(r"^test (\S+) \.\.\. FAILED", run.stdout, re.MULTILINE)
                mutant.outcome, mutant.by = "found", f"{name} {failed[1] if failed else run.returncode}"
                return
        mutant.outcome = "survived"


def build_all(tree, sources, together):
    """Builds until only what cannot be built is left out; returns the programs."""
    while True:
        lines = {}
        for file, source in sources.items():
            here = [mutant for mutant in together if mutant.file == file and not mutant.outcome]
            text, lines[file] = all_in_one(source.text, here, sources.kept)
            tree.write(file, text)
        errors, programs = tree.build()
        if not errors:
            return programs
        guilty = {number for error in errors for number in blamed(error, lines)}
        if not guilty:
            sys.exit("\n".join(error["rendered"] for error in errors))
        for mutant in together:
            if mutant.number in guilty:
                mutant.outcome = "unviable"
        say(f"{len(guilty)} mutants cannot be built")


def blamed(error, lines):
    for span in error["spans"]:
        while span["expansion"] and not span["file_name"].startswith("src"):
            span = span["expansion"]["span"]
        for number, (start, stop) in lines.get(span["file_name"], {}).items():
            if span["is_primary"] and start <= span["line_start"] <= stop:
                yield number


def is_apart(mutant, sources):
    """Constants, and functions whose type hangs on what they do, cannot choose as they run."""
    if not mutant.function:
        return True
    text = sources[mutant.file].text
    first, _ = rust.body(text, *mutant.function)
    name = re.search(r"\bfn (\w+)", text[mutant.function[0]:])[1]
    return "-> impl" in text[mutant.function[0]:first] or name in sources.kept


def try_apart(tree, trial, sources, mutant):
    for file, source in sources.items():
        text = source.text
        if file == mutant.file:
            text = mutant.within(text, 0, len(text))
        tree.write(file, without_const(text, sources.kept))
    errors, programs = tree.build()
    if errors:
        mutant.outcome = "unviable"
    else:
        trial.judge(mutant, programs, 0)


def explained():
    """The survivors of docs/mutants.md: rows of file, mutant, line."""
    rows = re.findall(r"^\| `(\S+)` \| (.+?) \| `(.*)` \|", KNOWN.read_text(), re.MULTILINE)
    return collections.Counter(tuple(cell.replace("\\|", "|") for cell in row) for row in rows)


def recall(found):
    """What became of them the last time, unless they survived."""
    before = collections.defaultdict(list)
    for line in OUTCOMES.read_text().splitlines():
        outcome, by, file, _, what, source = line.split("\t", 5)
        before[file, what, source].append((outcome, by))
    for mutant in found:
        if before[mutant.key()]:
            outcome, by = before[mutant.key()].pop(0)
            if outcome != "survived":
                mutant.outcome, mutant.by = outcome, by


def write_down(found):
    rows = [(it.outcome, it.by, it.file, str(it.line), it.what, it.source) for it in found if it.outcome]
    OUTCOMES.write_text("".join("\t".join(row) + "\n" for row in rows))


def report(tried, is_all):
    outcomes = collections.Counter(mutant.outcome for mutant in tried)
    say(f"{len(tried)} mutants: " + ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))
    survivors = collections.Counter(mutant.key() for mutant in tried if mutant.outcome == "survived")
    known = explained()
    unknown, gone = survivors - known, known - survivors
    for mutant in tried:
        if mutant.outcome == "survived" and unknown[mutant.key()]:
            say(f"survived: {mutant}")
    if is_all:
        for key in gone:
            say(f"{KNOWN.name} lists what does not survive: {key}")
    sys.exit(1 if unknown or (is_all and gone) else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pattern", nargs="?", default="", help="only mutants that match this, such as state/held")
    parser.add_argument("--again", action="store_true",
                        help="only those that survived or were not tried the last time: enough where tests were added")
    arguments = parser.parse_args()
    os.nice(19)
    sources = Sources()
    found = mutants(sources)
    if OUTCOMES.exists():
        recall(found)
    tried = [mutant for mutant in found if re.search(arguments.pattern, str(mutant))]
    if not arguments.again:
        for mutant in tried:
            mutant.outcome = ""
    left = [mutant for mutant in tried if not mutant.outcome]
    say(f"{len(tried)} mutants, {len(left)} to be tried")
    tree = Tree(ROOT, PLACE)
    tree.prepare(MODULES, HELPERS)
    trial = Trial(tree)
    together = [mutant for mutant in left if not is_apart(mutant, sources)]
    programs = build_all(tree, sources, together)
    trial.rehearse(programs)
    # What is built anew for each comes last: it takes the programs' places.
    for mutant in sorted(left, key=lambda mutant: mutant not in together):
        if mutant.outcome == "":
            if mutant in together:
                trial.judge(mutant, programs, mutant.number)
            else:
                try_apart(tree, trial, sources, mutant)
            write_down(found)
    report(tried, is_all=not arguments.pattern)


if __name__ == "__main__":
    main()

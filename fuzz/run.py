#!/usr/bin/env python3
"""Fuzzes one target after the other with libFuzzer, and keeps what reaches new code.

    fuzz/run.py [TARGET...]        all of them by default

FUZZ_SECONDS is how long each target runs (60 by default). What was found is in
target/fuzz/found/, and in words on standard output.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
TREE = TOP / "tests/fuzz"
WORK = TOP / "target/fuzz"
FOUND = WORK / "found"
SECONDS = int(os.environ.get("FUZZ_SECONDS", "60"))
# One run of a target takes no longer, in seconds.
PATIENCE = 5
# Inputs longer than this are not kept: what they reach, shorter ones reach too or hardly matters.
LONGEST_KEPT = 512

# What rustc has of libFuzzer's instruments, on the stable toolchain too.
INSTRUMENTS = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
]


def unescape(line):
    return line.encode("ascii").decode("unicode_escape").encode("latin-1")


def escape(data):
    """As tests/fuzz/corpus.rs reads it."""
    named = {0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}
    text = "".join(named.get(b) or (chr(b) if 32 <= b <= 126 else f"\\x{b:02x}") for b in data)
    if text.startswith("#"):
        text = "\\x23" + text[1:]
    return text[:-1] + "\\x20" if text.endswith(" ") else text


def inputs(path):
    lines = path.read_text().split("\n") if path.exists() else []
    return [unescape(line) for line in lines if line and not line.startswith("#")]


def targets():
    text = (TOP / "src/fuzzing.rs").read_text()
    return re.findall(r"^    (\w+): crate::", text, re.M) + ["capture"]


def install_compiler():
    """libFuzzer is C++."""
    if shutil.which("c++"):
        return
    print("fuzz: apt-get install g++", flush=True)
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    command = ["apt-get", "-qq", "-y", "-o", "Dpkg::Use-Pty=0", "--no-install-recommends", "install", "g++"]
    subprocess.run([*sudo, *command], stdout=subprocess.DEVNULL, check=True)


def build():
    install_compiler()
    host = re.search(r"host: (\S+)", subprocess.check_output(["rustc", "-vV"], text=True)).group(1)
    environment = dict(os.environ, RUSTFLAGS=" ".join(INSTRUMENTS))
    # With --target the instruments spare build scripts and procedural macros.
    command = ["cargo", "build", "--quiet", "--release", "--target", host]
    command += ["--manifest-path", TOP / "fuzz/Cargo.toml", "--target-dir", WORK]
    subprocess.run(command, env=environment, check=True)
    return WORK / host / "release/fuzz"


def libfuzzer(program, target, *arguments):
    environment = dict(os.environ, MACVEIL_FUZZ_TARGET=target)
    process = subprocess.run(
        [program, *arguments], env=environment, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    return process.returncode, process.stdout


def last_status(output):
    """Of libFuzzer's lines `#N ... cov: C ft: F corp: I/B`."""
    lines = re.findall(r"^#(\d+)\s.*?cov: (\d+)", output, re.M)
    return lines[-1] if lines else ("0", "0")


def fuzz(program, target):
    corpus = WORK / "corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    FOUND.mkdir(parents=True, exist_ok=True)
    seeds = inputs(TREE / "seeds" / f"{target}.txt")
    for number, data in enumerate(seeds + inputs(TREE / "corpus" / f"{target}.txt")):
        (corpus / f"from-tree-{number:04}").write_bytes(data)
    code, output = libfuzzer(
        program, target, corpus, f"-artifact_prefix={FOUND}/{target}-", "-use_value_profile=1",
        f"-max_total_time={SECONDS}", f"-timeout={PATIENCE}", "-print_final_stats=1",
    )
    runs, coverage = last_status(output)
    slowest = re.search(r"stat::slowest_unit_time_sec:\s*(\d+)", output)
    slowest = f", slowest {slowest.group(1)} s" if slowest else ""
    print(f"{target}: {runs} runs, {coverage} places reached{slowest}", flush=True)
    if code == 0:
        keep(program, target, corpus)
    else:
        report(target, output)
    return code == 0


def report(target, output):
    print("\n".join(output.splitlines()[-40:]))
    for line in re.findall(r"Test unit written to (\S+)", output):
        data = Path(line).read_bytes()
        print(f"{target}: found by this input, to be added to tests/fuzz/seeds/{target}.txt:")
        print(escape(data), flush=True)


def keep(program, target, corpus):
    """The fewest inputs that reach as much as all of them, into the tree."""
    fewest = WORK / "fewest" / target
    fewest.mkdir(parents=True, exist_ok=True)
    for old in fewest.iterdir():
        old.unlink()
    code, output = libfuzzer(program, target, "-set_cover_merge=1", "-use_counters=0", fewest, corpus)
    if code != 0:
        sys.exit(f"{target}: the corpus cannot be made smaller\n{output}")
    kept = [path.read_bytes() for path in fewest.iterdir()]
    seeds = inputs(TREE / "seeds" / f"{target}.txt")
    kept = [data for data in kept if 0 < len(data) <= LONGEST_KEPT and data not in seeds]
    lines = sorted(escape(data) for data in kept)
    (TREE / "corpus" / f"{target}.txt").write_text("".join(f"{line}\n" for line in lines))


def main():
    known = targets()
    chosen = sys.argv[1:] or known
    for target in chosen:
        if target not in known:
            sys.exit(f"there is no target `{target}`: there are {', '.join(known)}")
    program = build()
    good = [fuzz(program, target) for target in chosen]
    sys.exit(0 if all(good) else 1)


main()

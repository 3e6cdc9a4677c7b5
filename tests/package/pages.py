"""What the pages have their readers type, and whether the steps of a way type the same, in the same order.

A step is a script for a shell, with lines of its own:
    @ PAGE#HEADING   what follows is from this section
    $ COMMAND        the owner types it
    ! COMMAND        the same, and it has something to say: its exit status is not 0
    + LINE           the owner writes it into wpa_supplicant's configuration, in place of the one that is there
    > TEXT           the answer to the last command has to contain it
"""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WAYS = Path(__file__).resolve().parent / "ways"
SUPPLICANT = "/etc/wpa_supplicant/wpa_supplicant-wlan0.conf"
IMAGE = "/srv/image"

# On the pages, but not typed.
LEFT_OUT = {
    "make deb": "compiles for minutes; the machine gets what it makes",
    "git pull && make deb": "the same",
    "make release manual": "the same",
}


def steps(way):
    return sorted((WAYS / way).glob("*.step"))


def section(page, heading):
    """The indented lines between a heading and the next one, without comments."""
    lines = iter((ROOT / page).read_text().splitlines())
    if not any(re.fullmatch(r"#+ " + re.escape(heading), line) for line in lines):
        raise ValueError(f"{page} has no heading {heading}")
    found = []
    for line in lines:
        if line.startswith("#"):
            break
        if line.startswith("    "):
            found.append(re.sub(r"\s+# .*", "", line).strip())
    return found


def typed(way):
    """By section, what the owner types in all steps."""
    sections = {}
    for step in steps(way):
        here = None
        for line in step.read_text().splitlines():
            if line.startswith("@ "):
                here = sections.setdefault(tuple(line[2:].split("#")), [])
            elif line.startswith(("$ ", "! ", "+ ")):
                here.append(line[2:])
    return sections


def difference(way):
    """Where steps and pages differ, if they do."""
    found = []
    for (page, heading), ours in typed(way).items():
        theirs = [line for line in section(page, heading) if line not in LEFT_OUT]
        if ours != theirs:
            found.append(f"{way}: {page}, {heading}: the page has {theirs}, the steps type {ours}")
    return found


def script(step):
    """The step as a shell understands it."""
    lines = []
    for line in step.read_text().splitlines():
        mark, _, rest = line.partition(" ")
        rest = rest.replace("IMAGE", IMAGE)
        if mark == "$":
            lines.append(f"typed {shlex.quote(rest)}")
        elif mark == "!":
            lines.append(f"! typed {shlex.quote(rest)} || {{ say 'it did not fail'; exit 1; }}")
        elif mark == ">":
            lines.append(f"shown {shlex.quote(rest)}")
        elif mark == "+":
            key = rest.split("=")[0]
            lines.append(f"sed -i {shlex.quote(f's|^{key}=.*|{rest}|')} {SUPPLICANT}")
        elif mark != "@":
            lines.append(line)
    return "\n".join(lines) + "\n"

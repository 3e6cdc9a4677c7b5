#!/usr/bin/env python3
"""Draws what a console of the lab showed: screens.py CONSOLE FOLDER

The console is what a guest wrote to its first serial line. A line `@name command` begins what the command
showed there, until the next. Each becomes FOLDER/name.svg, readable on light and on dark pages; what was
redrawn in place becomes a moving picture.
"""

import re
import sys
from html import escape
from pathlib import Path

COLUMNS = 80
WIDTH, LINE, MARGIN = 7.8, 18, 14
# Redrawn each second; shown faster.
SECONDS_A_SCREEN = 0.4
STYLE = """
text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1f2328;white-space:pre}
.page{fill:#f6f8fa;stroke:#d0d7de}.prompt{fill:#656d76}
.b{font-weight:600}.g{fill:#1a7f37}.y{fill:#9a6700}.r{fill:#cf222e}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.page{fill:#161b22;stroke:#30363d}
.prompt{fill:#9198a1}.g{fill:#3fb950}.y{fill:#d29922}.r{fill:#ff7b72}}
"""
CLASSES = {"1": "b", "32": "g", "33": "y", "31": "r"}
HOME, CLEAR, REST = "\x1b[H", "\x1b[2J", re.compile(r"\x1b\[[KJ]")
SGR = re.compile(r"\x1b\[([0-9;]*)m")


def shown(console):
    """Name, command and text of each."""
    text = console.decode("utf-8", "replace").replace("\r", "")
    for part in re.split(r"^@", text, flags=re.M)[1:]:
        head, _, body = part.partition("\n")
        name, _, command = head.partition(" ")
        if name != "end":
            yield name, command, body.rstrip("\n")


def screens(body):
    """What stood on the terminal, one after the other."""
    parts = [REST.sub("", part) for part in body.replace(CLEAR, "").split(HOME)]
    different = []
    for part in parts:
        if part.strip() and (not different or part != different[-1]):
            different.append(part.rstrip("\n"))
    return different


def spans(line):
    """Pieces of a line, each with its classes."""
    classes, at = [], 0
    for code in SGR.finditer(line):
        if line[at : code.start()]:
            yield " ".join(classes), line[at : code.start()]
        at = code.end()
        codes = code[1].split(";")
        classes = [] if codes in (["0"], [""]) else [CLASSES[it] for it in codes]
    if line[at:]:
        yield " ".join(classes), line[at:]


def row(line, number):
    pieces = "".join(
        f'<tspan class="{classes}">{escape(text)}</tspan>' if classes else escape(text)
        for classes, text in spans(line)
    )
    return f'<text x="{MARGIN}" y="{MARGIN + LINE * number + 13}" xml:space="preserve">{pieces}</text>'


def picture(command, body):
    all_screens = [screen.split("\n") for screen in screens(body)]
    rows = 1 + max(len(screen) for screen in all_screens)
    columns = max(COLUMNS, *(len(SGR.sub("", it)) for screen in all_screens for it in screen))
    width, height = round(columns * WIDTH + 2 * MARGIN), rows * LINE + 2 * MARGIN
    style, count = STYLE, len(all_screens)
    if count > 1:
        whole = count * SECONDS_A_SCREEN
        style += (
            f"@keyframes turn{{0%{{opacity:1}}{100 / count:.4f}%,100%{{opacity:0}}}}"
            f".screen{{opacity:0;animation:turn {whole:.1f}s step-end infinite}}"
            # For viewers without animation.
            ".screen:first-of-type{opacity:1}"
        )
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img">',
        f"<style>{style}</style>",
        f'<rect class="page" x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="6"/>',
        f'<text class="prompt" x="{MARGIN}" y="{MARGIN + 13}">$ {escape(command)}</text>',
    ]
    for number, screen in enumerate(all_screens):
        # Each as if its turn had come before.
        begin = (number - count) * SECONDS_A_SCREEN
        delay = f' style="animation-delay:{begin:.1f}s"' if count > 1 else ""
        out.append(f'<g class="screen"{delay}>' if count > 1 else "<g>")
        out += [row(line, index) for index, line in enumerate(screen, 1) if line]
        out.append("</g>")
    return "\n".join([*out, "</svg>\n"])


def main():
    console, folder = map(Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    drawn = 0
    for name, command, body in shown(console.read_bytes()):
        target = folder / f"{name}.svg"
        target.write_text(picture(command, body))
        print(target)
        drawn += 1
    if not drawn:
        sys.exit(f"{console} shows nothing to draw")


main()

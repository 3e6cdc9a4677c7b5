"""As much of Rust's grammar as it takes to find where things end."""

import re

LITERAL = re.compile(
    r"""b?r(?P<fence>\#*)".*?"(?P=fence)
    | b?"(?:\\.|[^"\\])*"
    | b?'(?:\\u\{[^}]*\}|\\x..|\\.|[^'\\])'
    """, re.VERBOSE | re.DOTALL)
BLANK = re.compile(r"\s+|//[^\n]*|/\*.*?\*/", re.DOTALL)
NOT_A_STATEMENT = re.compile(
    r"(?:let|return|break|continue|if|else|match|for|while|loop|use|const|static|fn|unsafe)\b|[#}\]);]")


def tokens(text, begin, end):
    """Characters that mean something, each with its place and how deep in brackets it is; a literal is one."""
    depth, at = 0, begin
    while at < end:
        blank = BLANK.match(text, at)
        if blank:
            at = blank.end()
            continue
        literal = LITERAL.match(text, at)
        if literal:
            yield at, '"', depth
            at = literal.end()
            continue
        depth -= text[at] in ")]}"
        yield at, text[at], depth
        depth += text[at] in "([{"
        at += 1


def body(text, begin, end):
    """The body of the function that stands there: the places inside of its braces."""
    keyword = re.compile(r"\bfn\b").search(text, begin).start()
    for at, char, depth in tokens(text, keyword, end):
        if char == "{" and depth == 0:
            return at + 1, text.rindex("}", at, end)
    raise ValueError(f"no body in {text[begin:end]!r}")


def statements(text, begin, end):
    """The expressions with a semicolon in a function's body: the places of each."""
    found = list(tokens(text, begin, end))
    before = "{"
    for number, (start, char, level) in enumerate(found):
        if before in "{};" and not NOT_A_STATEMENT.match(text, start):
            for at, char_after, depth in found[number:]:
                if depth < level or (depth == level and char_after == ","):
                    break
                if depth == level and char_after == ";":
                    yield start, at + 1
                    break
        before = char

"""Texts that make a parser work: name, and a function of a length that gives about so many characters of it."""

from collections.abc import Callable


def _of(unit: str) -> Callable[[int], str]:
    return lambda length: unit * (length // len(unit))


def _growing(unit: str, between: str) -> Callable[[int], str]:
    return lambda length: between.join(unit * count for count in range(1, int((2 * length) ** 0.5)))


def _deep(indent: str, words: str, between: str = "\n") -> Callable[[int], str]:
    return lambda length: between.join(indent * depth + words for depth in range(int((2 * length / len(indent)) ** 0.5)))


def _numbered(words: str, between: str = "\n") -> Callable[[int], str]:
    return lambda length: between.join(words.replace("N", str(number)) for number in range(length // (len(words) + 5)))


UNITS = {
    **{"headings": "# a\n", "bare headings": "#\n", "headings in quotes": "> # a\n", "headings apart": "# a\n\n"},
    **{"underlined": "a\n=\n", "underlines": "=\n", "rules": "---\n", "one rule": "- ", "rule of stars": "* "},
    **{"paragraphs": "a\n\n", "breaks": "a  \n", "blank lines": "\n", "definitions": "a\n: b\n\n", "pipes": "|"},
    **{"list": "- a\n", "list apart": "- a\n\n", "list and quote": "- a\n> b\n# c\n", "paragraphs in a list": "- a\n\n  b\n\n"},
    **{"numbers": "1. ", "quotes and lists": "> - ", "quotes": "> a\n\n", "quote signs": ">", "tasks": "- [x] a\n"},
    **{"emphasis": "*a*", "emphasis apart": "*a* ", "open emphasis": "*a **b ", "mixed emphasis": "*a_b**c__d", "stars": "*"},
    **{
        "underscores": "_",
        "joined underscores": "_a",
        "three stars": "***a ",
        "strong": "**a* ",
        "escapes": "\\*",
        "backslashes": "\\",
    },
    **{"ticks": "`a` ", "odd ticks": "`a ``b ", "brackets": "[", "pairs": "[a]", "links": "[a](b)", "images": "![a](b)"},
    **{"open links": "[a](", "breaks as tags": "<br>", "open tags": "<u>", "closed tags": "<sub>a</sub>", "less": "<"},
    **{
        "open comments": "<!--",
        "comments": "<!---->",
        "mails": "<a@b.c>",
        "entities": "&amp;",
        "ampersands": "&",
        "numbers of entities": "&#9;",
    },
    **{
        "charts": "```chart\n```\n",
        "fences": "```\n```\n",
        "open fences": "~~~\n",
        "code": "```py\n1\n```\n",
        "indented code": "    a\n\n",
    },
    **{"call-outs": "!!! note\n    a\n\n", "bare call-outs": "!!! a\n", "findings": "> [!finding] supported\n> a\n\n"},
    **{
        "addresses": "http://a ",
        "glued addresses": "http://",
        "one run": "{run:a} ",
        "open runs": "{run:",
        "one footnote": "[^1] ",
    },
    **{"letters": "a", "blanks": " ", "tabs": "\ta\n", "quotes of speech": "\"a\" -- 'b' ... ", "controls": "\x02\x03"},
    **{"tables": "a|\n-|\n\n", "stashed": "\x02klzzwxh:0\x03", "windows lines": "a\r\n", "breakable": "[`"},
}
SHAPES: dict[str, Callable[[int], str]] = {
    "growing ticks": _growing("`", " "),
    "growing ticks in lines": _growing("`", "\n\n"),
    "growing fences": _growing("`", "\n"),
    "growing stars": _growing("*", " "),
    "deep list": _deep("    ", "- a"),
    "deep list apart": _deep("    ", "- a", "\n\n"),
    "deep call-outs": _deep("    ", "!!! note"),
    "deep call-outs apart": _deep("    ", "!!! note", "\n\n"),
    "footnotes": _numbered("[^N]: a"),
    "footnotes apart": _numbered("[^N]: a", "\n\n"),
    "footnotes used": lambda length: _numbered("[^N]", " ")(length // 2) + "\n\n" + _numbered("[^N]: a")(length // 2),
    "references": _numbered("[N]: a"),
    "runs": _numbered("{run:aN}", " "),
    "different charts": _numbered("```chart\nid: cN\nruns: aN\ny: b\n```"),
    "cells of ticks": lambda length: "|a|b|\n|-|-|\n|" + "|`" * (length // 2),
    "cells of code": lambda length: "|a|b|\n|-|-|\n" + "|`a`" * (length // 4),
    "wide head, thin rows": lambda length: "|a" * (length // 8) + "|\n" + "|-" * (length // 8) + "|\n" + "|\n" * (length // 4),
    "wide table": lambda length: "|a" * 100 + "|\n" + "|-" * 100 + "|\n" + ("|1" * 100 + "|\n") * (length // 201),
    "title of stars": lambda length: "# " + "*a " * (length // 3),
    "title of blanks": lambda length: "# " + " " * length + "a",
    "title of hashes": lambda length: "# " + "# " * (length // 2) + "a",
    "long lede": lambda length: "# T\n" + "a\n" * (length // 2),
    "call-out of paragraphs": lambda length: "!!! note\n" + "    a\n\n" * (length // 7),
    "item of paragraphs": lambda length: "- a\n\n" + "    b\n\n" * (length // 7),
    "opened, then closed": lambda length: "*a " * (length // 6) + "b* " * (length // 6),
    "long address": lambda length: "http://" + "a" * length,
    "long link": lambda length: "[a](<" + "x" * length + ">)",
    "front matter": lambda length: "---\n" + "a: b\n" * (length // 5) + "---\n",
    "deep front matter": lambda length: "---\na: " + "[" * min(length, 7_900) + "\n---\n",
    "aliases": lambda length: "---\na: &a [x]\nb: [" + "*a," * min(length // 3, 2_000) + "]\n---\n",
    "empty lines of C++": lambda length: ("```cpp\n#" + "\n" * 15_000 + "1\n```\n") * (length // 15_000),
    "coloured code": lambda length: ("```md\n" + "<a " * 6_000 + "\n```\n") * (length // 18_010),
}
COSTLY = {name: _of(unit) for name, unit in UNITS.items()} | SHAPES

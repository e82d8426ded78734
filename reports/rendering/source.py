"""Shows the lines round a mistake, as they were written."""

from reports.rendering.parts import Problem, SourceLine

LINE_SHOWN = 200


def problem_at(block: str, lines: list[str], line: int | None, message: str, hint: str = "", above: int = 0) -> Problem:
    """A problem of `block` ("Chart c7k2") in its own `lines`; `line` counts from 1, None is the block as a whole.

    `above` lines of the source stand before the block's first.
    """
    if line is None:
        return Problem(title=f"{block}: {message}", text=hint, line=above + 1)
    line = max(1, min(line, len(lines) or 1))
    return Problem(title=f"{block}, line {line}: {message}", text=hint, lines=_four_lines(lines, line), line=above + line)


def _four_lines(lines: list[str], bad: int) -> tuple[SourceLine, ...]:
    first = max(1, min(bad - 2, len(lines) - 3))
    shown = range(first, min(first + 4, len(lines) + 1))
    return tuple(SourceLine(number, lines[number - 1][:LINE_SHOWN], number == bad) for number in shown)

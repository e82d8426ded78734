"""Code in a fence is coloured, as long as that is cheap."""

from html import unescape
from re import sub

import pytest
from pygments.lexers import get_lexer_by_name

from reports.rendering.code_block import COLOURED_LENGTH, LANGUAGES, Colours

SOURCE = "# a <b>\r\ndef f(x: int) -> str:\n\treturn 'é' + f\"{x}\"\n\n"


def text_of(html: str) -> str:
    return unescape(sub(r"<[^>]*>", "", html))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_has_its_colours_and_loses_nothing(language: str) -> None:
    assert text_of(Colours().code_html(SOURCE, language)) == SOURCE


def test_python_has_four_colours() -> None:
    html = Colours().code_html("@a\ndef f():  # why\n    return 'x', 1", "Python")
    for colour in ("c-key", "c-com", "c-str", "c-num"):
        assert f'<span class="{colour}">' in html


@pytest.mark.parametrize("language", sorted({get_lexer_by_name(name).name: name for name in sorted(LANGUAGES)}.values()))
@pytest.mark.parametrize("unit", ["\n", "/", "(", "\n a", "'", "{{", " ", "\\"])
def test_what_is_dear_loses_its_colours_and_nothing_else(language: str, unit: str) -> None:
    source = f"#{unit * (COLOURED_LENGTH // len(unit) - 2)}1"
    for text in (source, "\n".join(source[start : start + 900] for start in range(0, len(source), 920))):
        colours = Colours(seconds=0.05)
        assert text_of(colours.code_html(text, language)) == text
        assert colours.seconds > -0.5


def test_without_time_left_code_is_plain() -> None:
    assert Colours(seconds=0).code_html("a = 1", "python") == '<pre class="code" tabindex="0">a = 1</pre>'

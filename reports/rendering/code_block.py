"""Code in a fence, coloured by Pygments in the four colours of the design; classes only."""

from collections.abc import Iterator
from html import escape

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, String, _TokenType

# Lexers are regular expressions of many authors: only those of languages a lab writes, and only on text of bounded length.
LANGUAGES = frozenset(
    [
        *("python", "py", "pycon", "ipython", "bash", "sh", "shell", "console", "json", "yaml", "toml", "ini", "diff"),
        *("c", "cpp", "c++", "cuda", "rust", "go", "java", "javascript", "js", "typescript", "ts", "html", "css", "sql"),
        *("julia", "r", "tex", "latex", "dockerfile", "make", "makefile", "markdown", "md", "text"),
    ]
)
COLOURED_LENGTH = 20_000
COLOURS: tuple[tuple[_TokenType, str], ...] = (
    (Comment, "c-com"),
    (String, "c-str"),
    (Generic.Inserted, "c-str"),
    (Number, "c-num"),
    (Generic.Deleted, "c-num"),
    (Keyword, "c-key"),
    (Name.Tag, "c-key"),
    (Name.Builtin, "c-key"),
    (Name.Decorator, "c-key"),
)


def code_html(source: str, language: str) -> str:
    """A `<pre>` with the source escaped; still to be sanitised like everything else."""
    name = language.lower()
    if name not in LANGUAGES or len(source) > COLOURED_LENGTH:
        return f'<pre class="code" tabindex="0">{escape(source)}</pre>'
    return f'<pre class="code" tabindex="0">{"".join(_coloured(source, name))}</pre>'


def _coloured(source: str, name: str) -> Iterator[str]:
    lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    for kind, text in lexer.get_tokens(source):
        families = set(kind.split())
        colour = next((colour for family, colour in COLOURS if family in families), None)
        yield f'<span class="{colour}">{escape(text)}</span>' if colour and text.strip() else escape(text)

"""Code in a fence, coloured by Pygments in the four colours of the design; classes only."""

import time
from dataclasses import dataclass
from html import escape

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, String, _TokenType

# Lexers are regular expressions of many authors: only those of languages a lab writes, and only on text of bounded length.
LANGUAGES = frozenset(
    [
        *("python", "py", "pycon", "bash", "sh", "shell", "console", "json", "yaml", "toml", "ini", "diff"),
        *("c", "cpp", "c++", "cuda", "rust", "go", "java", "javascript", "js", "typescript", "ts", "html", "css", "sql"),
        *("julia", "r", "tex", "latex", "dockerfile", "markdown", "md", "text"),
    ]
)
COLOURED_LENGTH = 20_000
COLOURED_LINE = 1_000  # the lexer of consoles looks for a prompt through a whole line, again from each of its characters
# Some of their lexers take the square of the length (4,000 empty lines of C++: 0.9 s), so all code of a report shares this.
COLOURING_SECONDS = 0.4
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


@dataclass(slots=True)
class Colours:
    """Colours the code of one render while the time lasts; what comes after that is the same code in one colour."""

    seconds: float = COLOURING_SECONDS  # of this thread's processor time, so that a busy machine takes no colour away

    def code_html(self, source: str, language: str) -> str:
        """A `<pre>` with the source escaped; still to be sanitised like everything else."""
        name = language.lower()
        long = len(source) > COLOURED_LENGTH or max(map(len, source.split("\n"))) > COLOURED_LINE
        dull = name not in LANGUAGES or long or self.seconds <= 0
        inner = escape(source) if dull else self._coloured(source, name)
        return f'<pre class="code" tabindex="0">{inner}</pre>'

    def _coloured(self, source: str, name: str) -> str:
        ends = time.thread_time() + self.seconds
        pieces: list[str] = []
        done = 0
        for _, kind, text in get_lexer_by_name(name).get_tokens_unprocessed(source):
            # The lexer of consoles loses what stands before some prompts; a report shows its code whole, or without colours.
            if not source.startswith(text, done):
                pieces, done = [], 0
                break
            if time.thread_time() > ends:
                break
            done += len(text)
            families = set(kind.split())
            colour = next((colour for family, colour in COLOURS if family in families), None)
            pieces.append(f'<span class="{colour}">{escape(text)}</span>' if colour and text.strip() else escape(text))
        self.seconds = ends - time.thread_time()
        return "".join([*pieces, escape(source[done:])])

"""The simple query language of run lists and charts: terms that must all hold.

    tag:promising group:"lr-sweep" state:running seed:1 name:adam cosine

A term is `field:value` or a bare word, which is looked for in the run's name. Terms stand side by side or are joined by `and`.
Every field compiles to one fixed filter; no text of a query ever becomes a field.
"""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q, Value
from django.db.models.functions import Lower

from tracking.enums import RunState
from tracking.errors import BadQuery
from tracking.limits import INT64, QUERY_LENGTH, QUERY_TERMS
from tracking.models import Run, Tag
from tracking.models.run import RunQuerySet

__all__ = ["BadQuery", "RunQuery", "Term", "parse_query", "spelled"]

_LATER = frozenset({"or", "not"})
_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<field>[^\s:"()]+):            # tag:
  | "(?P<quoted>(?:[^"\\]|\\.)*)"     # "two words"
  | (?P<open>")
  | (?P<bracket>[()])
  | (?P<word>[^\s:"()]+)
  | (?P<colon>:)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """`field` is "" for a bare word. Positions count characters from 0."""

    field: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RunQuery:
    text: str
    terms: tuple[Term, ...]

    def narrow(self, runs: RunQuerySet) -> RunQuerySet:
        """Those of `runs` for which every term holds."""
        for term in self.terms:
            runs = runs.filter(FIELDS[term.field](term))
        return runs

    def without(self, term: Term) -> "RunQuery":
        """This query with one term left out."""
        others = tuple(other for other in self.terms if other is not term)
        return RunQuery(text=" ".join(spelled(other.field, other.value) for other in others), terms=others)


def parse_query(text: str) -> RunQuery:
    """Raises BadQuery with `position` and, where we can guess what was meant, `suggestion`."""
    if len(text) > QUERY_LENGTH:
        raise BadQuery(f"A query has at most {QUERY_LENGTH} characters.", position=QUERY_LENGTH)
    if (bad := re.search(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", text)) is not None:
        raise BadQuery("A query cannot hold control characters.", position=bad.start())
    terms = tuple(_terms(text))
    if len(terms) > QUERY_TERMS:
        raise BadQuery(f"A query has at most {QUERY_TERMS} terms.", position=terms[QUERY_TERMS].start)
    for term in terms:
        FIELDS[term.field](term)  # a value that cannot be read is an error here, not when it runs
    return RunQuery(text=text, terms=terms)


def _terms(text: str) -> list[Term]:
    terms: list[Term] = []
    field: re.Match[str] | None = None
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "space":
            if field is not None:
                raise _value_missing(field)
        elif kind == "field" and field is None:
            field = match
            _known(match)
        elif kind in {"quoted", "word"}:
            if (term := _term(match, field)) is not None:
                terms.append(term)
            field = None
        else:
            raise _misplaced(match)
    if field is not None:
        raise _value_missing(field)
    return terms


def _term(match: re.Match[str], field: re.Match[str] | None) -> Term | None:
    """The finished term; None for `and`."""
    start = match.start() if field is None else field.start()
    if match.lastgroup == "quoted":
        value = re.sub(r"\\(.)", r"\1", match["quoted"])
        if not value:
            raise BadQuery("There is nothing between the quotes.", position=match.start())
        return Term(field["field"] if field else "", value, start, match.end())
    word = match["word"]
    if field is None and word.lower() == "and":
        return None
    if field is None and word.lower() in _LATER:
        raise BadQuery(f"`{word}` is not understood yet. Terms are joined by `and`.", position=match.start())
    if field is None and (sign := re.search(r"[<>=~]", word)) is not None:
        raise BadQuery(f"`{sign.group()}` is not understood yet. Write `field:value`.", position=match.start() + sign.start())
    return Term(field["field"] if field else "", word, start, match.end())


def _known(match: re.Match[str]) -> None:
    name = match["field"]
    if name in FIELDS and name:
        return
    message = f"`{name}` is not a field of runs."
    raise _with_suggestion(message, name, [field for field in FIELDS if field], match.start())


def _value_missing(field: re.Match[str]) -> BadQuery:
    return BadQuery(f"Expected a value after `{field.group()}`.", position=field.end())


def _misplaced(match: re.Match[str]) -> BadQuery:
    if match.lastgroup == "open":
        return BadQuery("A quote is opened here and never closed.", position=match.start())
    if match.lastgroup == "bracket":
        return BadQuery("Brackets are not understood yet. Terms are joined by `and`.", position=match.start())
    if match.lastgroup == "field":
        return BadQuery("A value that holds a colon stands in quotes.", position=match.start())
    return BadQuery("Expected a field before `:`.", position=match.start())


def _with_suggestion(message: str, word: str, choices: list[str], position: int) -> BadQuery:
    close = difflib.get_close_matches(word.lower(), choices, n=1, cutoff=0.5)
    if not close:
        return BadQuery(f"{message} One of: {', '.join(choices)}.", position=position)
    return BadQuery(f"{message} Did you mean `{close[0]}`?", position=position, suggestion=close[0])


def _name(term: Term) -> Q:
    return Q(lower_name__contains=Lower(Value(term.value)))


def _state(term: Term) -> Q:
    if term.value not in RunState.values:
        raise _with_suggestion(f"`{term.value}` is not a state.", term.value, list(RunState.values), term.start + 6)
    return Q(state=term.value)


def _seed(term: Term) -> Q:
    if re.fullmatch(r"-?[0-9]{1,19}", term.value) is None or int(term.value) not in INT64:
        raise BadQuery("A seed is a whole number.", position=term.start + 5)
    return Q(seed=int(term.value))


def _tag(term: Term) -> Q:
    tagged = Run.tags.through.objects.filter(tag__in=Tag.objects.filter(name=term.value))
    return Q(pk__in=tagged.values("run_id"))


FIELDS: dict[str, Callable[[Term], Q]] = {
    "": _name,
    "name": _name,
    "tag": _tag,
    "group": lambda term: Q(group=term.value),
    "state": _state,
    "seed": _seed,
    "job": lambda term: Q(job_type=term.value),
    "id": lambda term: Q(uid=term.value),
}


def spelled(field: str, value: str) -> str:
    """The text of a term, with quotes where its value needs them."""
    plain = re.fullmatch(r"[^\s:\"()\\<>=~]+", value) is not None and value.lower() not in _LATER | {"and"}
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    text = value if plain else f'"{escaped}"'
    return f"{field}:{text}" if field else text

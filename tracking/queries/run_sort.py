"""Orders of a run list. Every order is one of these: no text of a URL becomes a field path."""

from dataclasses import dataclass

from django.db.models import Case, DateTimeField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce, Lower, Now

from tracking.models import Run, Series
from tracking.models.run import RunQuerySet
from tracking.queries.config import Path
from tracking.queries.goal import KeyMetric
from tracking.queries.reading import FIELD_OF

PLAIN: dict[str, Combinable] = {
    "created": F("created_at"),
    "name": Lower("name"),
    "state": F("state"),
    "seed": F("seed"),
    "duration": ExpressionWrapper(Coalesce("ended_at", Now()) - F("created_at"), output_field=DateTimeField()),
}


@dataclass(frozen=True, slots=True)
class Sort:
    """`by` is a name in PLAIN, or of a metric or config column of the list."""

    by: str
    descending: bool

    @property
    def text(self) -> str:
        return f"-{self.by}" if self.descending else self.by


def sort_from(text: str, metrics: dict[str, KeyMetric], configs: dict[str, Path]) -> Sort:
    """The order a URL asks for; newest first when it asks for nothing that is on offer."""
    by = text.removeprefix("-")
    known = by in PLAIN or by in metrics or by in configs
    return Sort(by=by, descending=text.startswith("-")) if known else Sort(by="created", descending=True)


def ordered(runs: RunQuerySet, sort: Sort, metrics: dict[str, KeyMetric], configs: dict[str, Path]) -> QuerySet[Run]:
    """`runs` in this order; runs without the value come last both ways, equal ones newest first."""
    if sort.by in metrics:
        value = _metric(metrics[sort.by])
    elif sort.by in configs:
        value = _config(configs[sort.by])
    else:
        value = PLAIN[sort.by]
    order = F("_order").desc(nulls_last=True) if sort.descending else F("_order").asc(nulls_last=True)
    return runs.annotate(_order=value).order_by(order, "-created_at", "-id")


def _metric(metric: KeyMetric) -> Combinable:
    series = Series.objects.filter(run=OuterRef("pk"), key=metric.key)
    # A series that ended in NaN has no reading (see reading.py), so it stands with those that have none.
    whole = series.annotate(
        read=Case(When(end_step__lte=F("last_step"), then=F(FIELD_OF[metric.aggregate])), default=Value(None))
    )
    return Subquery(whole.values("read")[:1])


def _config(path: Path) -> Combinable:
    value: Combinable = F("config")
    for word in path:
        value = KeyTransform(word, value)
    return value

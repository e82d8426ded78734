"""Images a run logged, by key and step."""

from dataclasses import dataclass

from django.db.models import Max, Min

from kit.rows import rows_of
from tracking.models import Blob, Image, Run

KEYS = 24


@dataclass(frozen=True, slots=True)
class Shown:
    """One image of a key, and the steps to go to from it; None where there is none."""

    key: str
    image: Image
    first: int | None
    previous: int | None
    next: int | None
    last: int | None


def latest_images(run: Run) -> list[Shown]:
    """The newest image of every key, of the first `KEYS` keys. Two queries, however many they are."""
    newest = Image.objects.filter(run=run).order_by("key", "-step", "-time", "-seq", "-order").distinct("key")[:KEYS]
    latest = {image.key: image for image in newest}
    sql = """
        SELECT key, min(step), max(step) FILTER (WHERE step < greatest) FROM (
            SELECT key, step, max(step) OVER (PARTITION BY key) AS greatest FROM tracking_image
            WHERE run_id = %s AND key = ANY(%s::text[])
        ) AS image GROUP BY key
    """
    ways = {key: (first, before) for key, first, before in rows_of(sql, [run.pk, list(latest)])}
    return [_last_of(image, *ways[key]) for key, image in latest.items() if key in ways]


def _last_of(image: Image, first: int, before: int | None) -> Shown:
    ways = {"first": None if before is None else first, "previous": before, "next": None, "last": None}
    return Shown(key=image.key, image=image, **ways)


def image_at(run: Run, key: str, step: int | None) -> Shown | None:
    """The key's image at the greatest step not above `step`, or at the last step; None when there is none."""
    images = Image.objects.filter(run=run, key=key)
    until = images if step is None else images.filter(step__lte=step)
    image = until.order_by("-step", "-time", "-seq", "-order").first() or images.order_by("step").first()
    if image is None:
        return None
    ends = images.aggregate(first=Min("step"), last=Max("step"))
    before = images.filter(step__lt=image.step).aggregate(at=Max("step"))["at"]
    after = images.filter(step__gt=image.step).aggregate(at=Min("step"))["at"]
    return Shown(
        key=key,
        image=image,
        previous=before,
        next=after,
        first=ends["first"] if before is not None else None,
        last=ends["last"] if after is not None else None,
    )


def image_bytes(run: Run, digest: str) -> bytes | None:
    """The image with this hash, if this very run logged it."""
    blob = Blob.objects.filter(digest=digest, images__run=run).only("body").first()
    return None if blob is None else bytes(blob.body)

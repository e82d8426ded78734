"""Images a run logged, by key and step."""

from dataclasses import dataclass

from django.db.models import Max, Min

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


def image_keys(run: Run) -> list[str]:
    return list(Image.objects.filter(run=run).order_by("key").values_list("key", flat=True).distinct()[:KEYS])


def latest_images(run: Run) -> list[Shown]:
    """The newest image of every key. One query per key, at most `KEYS`."""
    return [shown for key in image_keys(run) if (shown := image_at(run, key, None)) is not None]


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

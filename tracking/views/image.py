"""The bytes of an image. They came from a trainer, so a browser gets them as an image and nothing else."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.gate import gated
from accounts.roles import Permission
from tracking.models import Run
from tracking.queries.image import image_bytes

YEAR = 365 * 24 * 3600


@require_safe
@gated(Run, Permission.RUN_VIEW)
def run_image(request: HttpRequest, run: Run, digest: str) -> HttpResponse:
    body = image_bytes(run, digest) if re.fullmatch(r"[0-9a-f]{64}", digest) else None
    if body is None:
        raise Http404
    return HttpResponse(
        body,
        content_type="image/png",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Content-Disposition": "inline",
            # The address is the hash of the bytes; private, since whoever may see it is asked each time it is fetched anew.
            "Cache-Control": f"private, max-age={YEAR}, immutable",
        },
    )

"""A file that is made while it is sent."""

import re
from collections.abc import Iterable

from django.http import HttpRequest, StreamingHttpResponse

TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


def download(request: HttpRequest, parts: Iterable[str | bytes], name: str, suffix: str) -> StreamingHttpResponse:
    """Offers `parts` as the file `name`.`suffix`; `suffix` is one of TYPES. Nothing is made of it for a HEAD.

    What `parts` raises breaks the connection off (kit/buffered.py), so that a cut file does not look whole.
    """
    file = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:100] or "history"
    disposition = f'attachment; filename="{file}.{suffix}"'
    sent = () if request.method == "HEAD" else parts
    return StreamingHttpResponse(sent, content_type=TYPES[suffix], headers={"Content-Disposition": disposition})

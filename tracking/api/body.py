"""The raw body of a request, bounded before it is read."""

from rest_framework.request import Request

from kit.refusal import BrokenBody, Refusal, TooLarge


class LengthRequired(Refusal):
    code = "length_required"
    status = 411


def raw_body(request: Request, limit: int) -> bytes:
    """The bytes of the body, at most `limit`; never parsed, never kept twice. Raises a Refusal."""
    plain = request._request  # DRF's own reading would parse the body, and Django's keep a copy of it
    declared = plain.META.get("CONTENT_LENGTH") or ""
    if not declared.isascii() or not declared.isdigit():
        raise LengthRequired("Send Content-Length with the body.")
    length = int(declared)
    if length > limit:
        raise TooLarge(f"A body has at most {limit >> 20} MiB. Send smaller batches.", limit=limit)
    body = plain.read(length)
    if len(body) != length:
        raise BrokenBody(f"The body ended after {len(body)} of {length} bytes. Send it again.")
    return body

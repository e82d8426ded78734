"""What we will not do for a client, in words that say what to do instead. Every refusal of the house derives from this one."""

# One sentence for both, so that nobody learns from it whether the thing exists.
NOTHING_HERE = "There is nothing at this address, or it is not yours to see."


class Refusal(Exception):
    """`code` is for programs, the text for people, `status` for HTTP; details travel beside the message."""

    code = "refused"
    status = 422

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class BrokenBody(Refusal):
    """The body cannot be read at all."""

    code = "broken_body"
    status = 400


class TooLarge(Refusal):
    code = "too_large"
    status = 413


class NothingHere(Refusal):
    code = "not_found"
    status = 404


class Deleted(Refusal):
    """Something was here and was deleted. Told to nobody who could not have seen it."""

    code = "deleted"
    status = 410


def error_headers(**details: object) -> dict[str, str]:
    """What of a refusal's details is said as a header too: `retry_after`, in seconds."""
    return {"Retry-After": str(details["retry_after"])} if "retry_after" in details else {}


def error_body(code: str, message: str, **details: object) -> dict[str, dict[str, object]]:
    """The one shape of a refusal in JSON: {"error": {"code", "message", …details}}."""
    return {"error": {"code": code, "message": message, **details}}

import logging

import pytest

from kit.log_line import LogLine


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Forbidden: /accounts/enter/0w5b04tdvvqy", "Forbidden: /accounts/enter/…"),
        ("Not Found: /accounts/password/reset/key/3-abc-def/ at", "Not Found: /accounts/password/reset/key/…/ at"),
        ("Not Found: /lab/digits/runs", "Not Found: /lab/digits/runs"),
    ],
)
def test_a_link_that_signs_in_is_not_in_the_log(text: str, written: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s", (text,), None)
    assert LogLine("%(message)s").format(record) == written

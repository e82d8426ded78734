import pytest
from django.core.exceptions import ImproperlyConfigured

from config.mail import Mail, mail_from


@pytest.mark.parametrize(
    ("url", "mail"),
    [
        ("", None),
        ("smtp://relay.example.org", Mail("relay.example.org", 25, "", "", start_tls=False, tls=False)),
        ("smtp://me:p%40ss@mail.example.org", Mail("mail.example.org", 587, "me", "p@ss", start_tls=True, tls=False)),
        ("smtp://me:x@mail.example.org:2525", Mail("mail.example.org", 2525, "me", "x", start_tls=True, tls=False)),
        ("smtps://me:x@mail.example.org", Mail("mail.example.org", 465, "me", "x", start_tls=False, tls=True)),
    ],
)
def test_a_mail_server_is_one_address(url: str, mail: Mail | None) -> None:
    assert mail_from(url) == mail


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://"])
def test_what_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="LABLORE_SMTP must look like"):
        mail_from(url)

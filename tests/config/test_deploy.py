"""A server for others: `check --deploy` has nothing to say, and without a key of its own it does not start."""

import os
import subprocess
import sys

KEY = "9f2Kq7Zr-W4xT1mVb8LcYd3NhJ6sPgRu0AoEiBtQyXvMkCwFzDlHnSj5"


def run(*words: str, **environ: str) -> tuple[int, str]:
    """Exit status and all output of Python with these words, in an environment for a public address."""
    public = {"LABLORE_URL": "https://lab.example.org", "LABLORE_SECRET_KEY": KEY} | environ
    own = {
        word: value for word, value in os.environ.items() if word != "DJANGO_ALLOW_ASYNC_UNSAFE"
    }  # the browser's tests set it
    ran = subprocess.run(
        [sys.executable, *words], env={**own, **public}, capture_output=True, text=True, check=False, timeout=100
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_check_deploy_is_clean() -> None:
    assert run("manage.py", "check", "--deploy", "--fail-level", "INFO") == (
        0,
        "System check identified no issues (2 silenced).\n",
    )


def test_a_short_key_is_refused_and_the_reason_given() -> None:
    for key in ("", "short"):
        status, said = run("-c", "import config.wsgi", LABLORE_SECRET_KEY=key, DJANGO_SETTINGS_MODULE="config.settings")
        assert status == 1
        assert "LABLORE_SECRET_KEY is missing or shorter than 32 characters." in said


def test_cookies_and_transport_of_a_public_server() -> None:
    ask = (
        "from config import settings as s; print(s.DEBUG, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, "
        "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SECURE_SSL_REDIRECT, "
        "s.ALLOWED_HOSTS[0], s.ALLAUTH_TRUSTED_PROXY_COUNT)"
    )
    assert run("-c", ask) == (0, "False __Host-session __Host-csrf True True True True lab.example.org 1\n")


def test_who_serves_without_a_proxy_believes_no_forwarded_header() -> None:
    ask = "from config import settings as s; print(s.ALLAUTH_TRUSTED_PROXY_COUNT, s.SECURE_PROXY_SSL_HEADER)"
    assert run("-c", ask, LABLORE_PROXIES="0") == (0, "0 None\n")

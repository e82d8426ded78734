"""The site's own processes: web server, worker, beat, and the commands that run once beside them."""

import http.client
import re
import signal
import sys
from collections.abc import Mapping

from stack.processes.home import CHECKOUT
from stack.processes.part import Part

CELERY = [sys.executable, "-m", "celery", "-A", "config.celery"]


def site_environment(environ: Mapping[str, str], **words: str) -> dict[str, str]:
    """What every process of the site gets: the operator's environment and, over it, where our servers are."""
    fixed = {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONUNBUFFERED": "1"}
    return {**environ, **fixed, **words}


def web_part(port: int, environment: Mapping[str, str]) -> Part:
    """granian with one process: more gain nothing on two cores (docs/decisions/0004) and cost 90 MB each."""
    words = ["--interface", "asginl", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    words += ["--http1-header-read-timeout", "10000", "--http", "1", "--no-ws", "--backlog", "1024"]
    words += ["--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "3"]
    words += ["--log-level", "warning"]
    return Part(
        name="web",
        command=[sys.executable, "-m", "granian", *words, "config.asgi:application"],
        folder=CHECKOUT,
        environment=environment,
        ready=lambda _pid: health(port) is not None,
        stop=signal.SIGTERM,
        patience=4.0,
    )


def worker_part(environment: Mapping[str, str], hostname: str = "worker") -> Part:
    """One Celery worker of two threads, so that a long fold does not hold the housekeeping up (docs/decisions/0004).

    Every task may run twice, so one that does not end in time is killed and found again.
    """
    words = ["--pool", "threads", "--concurrency", "2", "--loglevel", "warning"]
    words += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--hostname", hostname]
    return Part(
        name="worker",
        command=[*CELERY, "--quiet", "worker", *words],
        folder=CHECKOUT,
        environment=environment,
        ready=lambda _pid: True,  # its heartbeat says so, see /healthz
        orphaned=signal.SIGQUIT,
        patience=3.0,
        noise=re.compile(r"^worker: (Warm|Cold) shutdown"),
    )


def beat_part(environment: Mapping[str, str]) -> Part:
    """Celery's clock, without its file of last runs: nothing of ours depends on when it ran before.

    It sends names of tasks and needs none of their code: without Django it is half as large (see config/celery.py).
    """
    words = ["--scheduler", "celery.beat:Scheduler", "--pidfile", "", "--loglevel", "warning"]
    return Part(
        name="beat",
        command=[*CELERY, "--quiet", "beat", *words],
        folder=CHECKOUT,
        environment=environment,
        ready=lambda _pid: True,
        patience=2.0,
    )


def manage(*words: str) -> list[str]:
    """The command line of `manage.py WORDS`."""
    return [sys.executable, str(CHECKOUT / "manage.py"), *words]


def health(port: int) -> int | None:
    """The status code of /healthz on our port, None when nobody answers within 3 s."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        line.request("GET", "/healthz", headers={"Host": f"127.0.0.1:{port}"})
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()

"""Wiring. The Celery app is made with the package, so that tasks scheduled by a web process know their broker."""

from config.celery import app as celery_app

__all__ = ["celery_app"]

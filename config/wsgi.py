"""The site as a WSGI application, for config/asgi.py and for tests."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LABLORE_STATEMENT_SECONDS", "15")

if len(os.environ.get("LABLORE_SECRET_KEY", "")) < 32:
    raise ImproperlyConfigured(
        "LABLORE_SECRET_KEY is missing or shorter than 32 characters. `make run` makes one under LABLORE_HOME; "
        "elsewhere set it to 50 random characters and keep it secret."
    )
application = get_wsgi_application()

"""What the web server serves."""

from django.conf import settings

from config.wsgi import application as site
from kit.buffered import Buffered
from kit.whole_body import Bounds

application = Buffered(site, Bounds(body=settings.DATA_UPLOAD_MAX_MEMORY_SIZE))

"""The console as a WSGI application."""

import gc
import os

from django.core.wsgi import get_wsgi_application

# A registry of thousands of sites makes a walk of the collector over everything cost 0.1 s: let it walk seldom.
gc.set_threshold(100_000, 50, 100)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qingyuan.console.settings")
application = get_wsgi_application()

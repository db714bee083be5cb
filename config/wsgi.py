"""The pages: Django's synchronous handler."""

from django.core.wsgi import get_wsgi_application

from config.charsets import reading_utf8
from config.settings_module import choose_settings

choose_settings()

application = reading_utf8(get_wsgi_application())

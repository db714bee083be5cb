"""The pages: Django's synchronous handler."""

from django.core.wsgi import get_wsgi_application

from config.settings_module import choose_settings

choose_settings()

application = get_wsgi_application()

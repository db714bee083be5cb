"""Every address of the platform."""

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_safe

from accounts.gate import guard
from authoring.admin_links import view_on_site
from config import health

admin.autodiscover()
guard(admin.site)
admin.site.site_header = admin.site.site_title = "Weightwise authoring"
admin.site.index_title = "Authoring"
admin.site.logout_template = "admin/logged_out.html"
# Twenty stops of the Tab key before each page's own; the path at its top leads everywhere too.
admin.site.enable_nav_sidebar = False

urlpatterns = [
    path("", include("quizzes.urls")),
    path("", include("lessons.urls")),
    path("", include("training_jobs.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    # In the place of the admin's own, which fails on keys that cannot be.
    path(
        "admin/r/<path:content_type_id>/<path:object_id>/",
        require_safe(admin.site.admin_view(view_on_site)),
        name="view_on_site",
    ),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]

# Looked up here by its name.
handler404 = "config.not_found.not_found"
handler500 = "config.busy.answer_error"
handler429 = "accounts.refusals.too_many"

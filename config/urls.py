"""Every address of the product."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from jobs import views as jobs_views

urlpatterns = [
    path("healthz", jobs_views.healthz, name="healthz"),
    path("readyz", jobs_views.readyz, name="readyz"),
    path("metrics", jobs_views.tell_metrics, name="metrics"),
    path("account/", include("accounts.signin_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/docs/",
        # Its script comes from an address of its own, as the Content-Security-Policy demands.
        SpectacularSwaggerSplitView.as_view(
            url_name="schema", template_name="accounts/api_docs.html"
        ),
        name="api-docs",
    ),
    path("api/v1/", include("config.api")),
    path("jobs/", include("jobs.urls")),
    path("docking/", include("docking.urls")),
    path("reports/", include("reports.urls")),
    path("", include("accounts.urls")),
    path("", include("obligations.urls")),
    path("", include("sharing_lists.urls")),
]

# Plain words on pages, problems below /api/; a database that is down inside middleware is a 503.
handler403 = "accounts.refusals.permission_denied"
handler404 = "accounts.refusals.not_found"
handler500 = "accounts.refusals.server_error"

"""The addresses below /api/v1/: one router for what each app offers to programs."""

from django.urls import include, path

app_name = "api"
urlpatterns = [
    path("", include("accounts.api.urls")),
    path("", include("jobs.api")),
    path("", include("obligations.api.urls")),
    path("", include("sharing_lists.api.urls")),
    path("", include("docking.api.urls")),
    path("", include("reports.api")),
    path("", include("reports.plan_api")),
    path("", include("reports.export_api")),
    path("", include("reports.api_proof")),
    path("", include("reports.api_counted")),
]

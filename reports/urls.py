"""Addresses of reports."""

from django.urls import include, path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="list"),
    path("make", views.make, name="make"),
    path("<int:pk>/download", views.download, name="download"),
    path("", include("reports.plan_urls")),
]

"""Addresses of reports."""

from django.urls import path

from reports import views, views_report

app_name = "reports"
urlpatterns = [
    path("", views.index, name="list"),
    path("make", views.make, name="make"),
    path("<int:pk>/", views_report.detail, name="detail"),
    path("<int:pk>/rows/", views_report.rows, name="rows"),
    path("<int:pk>/download", views.download, name="download"),
    *(
        path(f"<int:pk>/{deed}", views_report.act, {"deed": deed}, name=deed)
        for deed in views_report.ACTS
    ),
]

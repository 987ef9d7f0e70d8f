"""Addresses of reports."""

from django.urls import include, path

from reports import export_views, views, views_proof, views_report

app_name = "reports"
urlpatterns = [
    path("", views.index, name="list"),
    path("make", views.make, name="make"),
    path("verify/", views_proof.verify, name="verify"),
    path("<int:pk>/", views_report.detail, name="detail"),
    path("<int:pk>/rows/", views_report.rows, name="rows"),
    path("<int:pk>/counted/", views_report.counted_rows, name="counted"),
    path("<int:pk>/download", views.download, name="download"),
    path("", include("reports.plan_urls")),
    path("own/", export_views.own, name="own"),
    path("own/<int:pk>/", export_views.take_own, name="take-own"),
    path("<int:pk>/forms/", export_views.forms, name="forms"),
    path("<int:pk>/forms/make/", export_views.make_form, name="make-form"),
    path("<int:pk>/print/", export_views.print_report, name="print"),
    path(
        "<int:pk>/tables/<slug:code>.csv",
        export_views.table_file,
        {"form": "csv"},
        name="table-csv",
    ),
    path(
        "<int:pk>/tables/<slug:code>.json",
        export_views.table_file,
        {"form": "json"},
        name="table-json",
    ),
    *(
        path(f"<int:pk>/{deed}", views_report.act, {"deed": deed}, name=deed)
        for deed in views_report.ACTS
    ),
]

"""Addresses of reports."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="list"),
    path("make", views.make, name="make"),
    path("<int:pk>/download", views.download, name="download"),
]

"""Addresses of the job pages."""

from django.urls import path

from jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.index, name="list"),
    path("operations/", views.show_operations, name="operations"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/requeue/", views.requeue, name="requeue"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
]

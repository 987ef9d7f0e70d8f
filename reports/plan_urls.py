"""Addresses of planned reports."""

from django.urls import path

from reports import plan_views as views

urlpatterns = [
    path("received/", views.received, name="received"),
    path("plans/", views.index, name="plans"),
    path("plans/new/", views.new, name="new-plan"),
    path("plans/preview/", views.preview, name="plan-preview"),
    path("plans/<int:pk>/", views.detail, name="plan"),
    path("plans/<int:pk>/change/", views.change, name="change-plan"),
    path("plans/<int:pk>/end/", views.end, name="end-plan"),
    path("planned/<int:pk>/", views.period, name="planned"),
    path("planned/<int:pk>/deliver/", views.deliver, name="deliver"),
]

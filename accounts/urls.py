"""Addresses of accounts, departments and the audit log."""

from django.urls import URLPattern

app_name = "accounts"
urlpatterns: list[URLPattern] = []

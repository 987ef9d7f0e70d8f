"""Django's description of this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SharingListsConfig(AppConfig):
    name = "sharing_lists"
    verbose_name = _("Data sharing lists")

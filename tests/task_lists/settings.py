"""The product's settings with a third kind of list: an app, and a word in the line of kinds."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, LIST_KINDS, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "tests.task_lists"]
LIST_KINDS = [*LIST_KINDS, "tests.task_lists.kind.TASKS"]
# Its pages are asked without collecting the static files first.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

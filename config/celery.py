"""The Celery application: it only wakes workers, the job row is the job."""

import os

from celery import Celery
from celery.signals import beat_embedded_init

from config.children import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("qingdan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["jobs"])
# Without it only the importing thread knows this application: gunicorn's other threads would
# publish to Celery's own default broker.
app.set_default()
# Named as text: models cannot be imported before the settings are read.
app.steps["consumer"].add("jobs.consuming.Consuming")


@beat_embedded_init.connect
def _end_beat_with_its_worker(**_kwargs: object) -> None:
    """Beat runs in a process of its own, which a killed worker would leave behind."""
    die_with_parent()

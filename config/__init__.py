"""Wiring: settings, URLs, the Celery application and the supervisor behind ./run."""

from config.celery import app as celery_app

__all__ = ["celery_app"]

"""The own column of a task list's item."""

from django.db import models

from obligations.models import ListItem


class TaskTerms(models.Model):
    """Who takes part in the task beside those that lead it."""

    item = models.OneToOneField(
        ListItem, primary_key=True, on_delete=models.PROTECT, related_name="task_terms"
    )
    # The names as understood.
    taking_part = models.TextField(blank=True)

    def __str__(self):
        return f"{self.item_id}"

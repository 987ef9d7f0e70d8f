"""Filters that rows of any app share."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django import forms

from accounts.paging import LARGEST_KEY


class KeyFilter(df.NumberFilter):  # type: ignore[misc]
    """The number of a row; one that no column holds is 400, where SQLite would give up."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=LARGEST_KEY, **kwargs)

    def get_max_validator(self) -> None:
        """The field has its own bound."""

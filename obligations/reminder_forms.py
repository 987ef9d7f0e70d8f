"""What people fill in about reminders, robots and urging notes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import Styled
from accounts.models import Department, User
from obligations.forms import date, words
from obligations.models import ReminderChoice, WebhookTarget


class Boxes(forms.CheckboxSelectMultiple):
    """Choices one below the other."""

    template_name = "obligations/partials/boxes.html"


class ChoiceForm(forms.Form):
    """How one person is reminded beside the application."""

    by_mail = forms.BooleanField(
        label=_("Send my reminders by e-mail"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    mail_address = forms.CharField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "form-control", "autocomplete": "email"}),
    )
    targets = forms.ModelMultipleChoiceField(
        WebhookTarget.objects.none(),
        label=_("Also post my reminders to"),
        required=False,
        widget=Boxes,
        help_text=_(
            "In a group one person is enough. A robot is told how many items wait, never their "
            "titles."
        ),
    )

    def __init__(self, data: Any = None, *, user: User, choice: ReminderChoice) -> None:
        chosen = list(choice.targets.all()) if choice.version and _is_stored(choice) else []
        initial = {
            "by_mail": choice.by_mail,
            "mail_address": choice.mail_address or user.email,
            "targets": chosen,
        }
        super().__init__(data, initial=initial)
        offered = WebhookTarget.objects.open_to(user).order_by("name")
        self.fields["targets"].queryset = offered  # type: ignore[attr-defined]
        self.has_targets = offered.exists()


class OpenForm(forms.Form):
    """Whose people may use a robot."""

    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(), label=_("Open to"), required=False, widget=Boxes
    )

    def __init__(self, data: Any = None, *, target: WebhookTarget, by: User) -> None:
        scope = Department.objects.visible_to(by).exclude(level="central")
        opened = target.departments.values_list("pk", flat=True)
        super().__init__(data, initial={"departments": list(opened)}, auto_id=f"t{target.pk}-%s")
        ordered = scope.order_by("position", "pk")
        self.fields["departments"].queryset = ordered  # type: ignore[attr-defined]


class HostForm(Styled, forms.Form):
    host = forms.CharField(
        label=_("Host"), max_length=253, help_text=_("For example qyapi.weixin.qq.com")
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=443)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class KeysForm(Styled, forms.Form):
    """Address and secret: both are sealed when they are saved, and never shown again."""

    url = forms.CharField(
        label=_("Address, with its key"),
        max_length=900,
        help_text=_("As the robot's page shows it; what follows the “?” is not shown again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=_("Secret"),
        max_length=200,
        required=False,
        help_text=_(
            "DingTalk: the text that begins with SEC; HTTP with signature: at least 16 characters; "
            "WeCom has none."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class TargetForm(KeysForm):
    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), choices=WebhookTarget.Kind.choices)
    field_order = ("name", "kind", "url", "secret")


class NoteForm(forms.Form):
    """The words of an urging note and the day for its answer."""

    text = words(
        _("Text"),
        help_text=_("Prefilled for all rows below; where you choose fewer, correct it."),
        rows=6,
    )
    answer_by = date(_("Answer by"), required=True)


class AnswerForm(forms.Form):
    text = words(
        _("Answer"),
        help_text=_("What stands in the way, what will be done, and by when."),
    )


def _is_stored(choice: ReminderChoice) -> bool:
    return not choice._state.adding

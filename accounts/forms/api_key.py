"""A new key."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from accounts.limits import KEY_DAYS_DEFAULT, NAME_LENGTH
from accounts.models import Team
from accounts.roles import Scope

DAYS = {7: "7 days", 30: "30 days", 90: "90 days", KEY_DAYS_DEFAULT: "1 year"}


class NewKeyForm(forms.Form):
    """`teams` are those the person may make keys for: another team is as unknown as one that does not exist."""

    name = forms.CharField(max_length=NAME_LENGTH, label="Name")
    team = forms.ModelChoiceField(queryset=Team.objects.none(), to_field_name="slug", empty_label=None, label="Team")
    scopes = forms.MultipleChoiceField(choices=Scope.choices, label="May", error_messages={"required": "Choose at least one."})
    days = forms.TypedChoiceField(choices=list(DAYS.items()), coerce=int, label="Valid for")

    def __init__(self, *args: Any, teams: QuerySet[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]

    @property
    def expires_at(self) -> datetime:
        return timezone.now() + timedelta(days=self.cleaned_data["days"])

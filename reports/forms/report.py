"""What the report pages send. Lengths and characters are checked by the actions, whose words are shown."""

from django import forms

from reports.limits import MESSAGE_LENGTH, REPORT_LENGTH, TITLE_LENGTH
from reports.rendering.starts import STARTS

__all__ = ["DraftForm", "NewReportForm", "PublishForm"]


class SourceField(forms.CharField):
    """Text exactly as typed, but for line ends: a browser sends CRLF for what its author sees as one line end."""

    def __init__(self) -> None:
        super().__init__(required=False, strip=False, max_length=REPORT_LENGTH, widget=forms.Textarea)

    def to_python(self, value: object) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class NewReportForm(forms.Form):
    title = forms.CharField(max_length=TITLE_LENGTH, label="Title", error_messages={"required": "A report needs a title."})
    start = forms.ChoiceField(choices=[(start.name, start.label) for start in STARTS], label="Begin with")


class DraftForm(forms.Form):
    source = SourceField()
    base = forms.IntegerField(min_value=0)
    over = forms.BooleanField(required=False)  # the other text was seen and may be set aside


class PublishForm(DraftForm):
    message = forms.CharField(required=False, max_length=MESSAGE_LENGTH)

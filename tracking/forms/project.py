"""A new project."""

from django import forms

from tracking.limits import NAME_LENGTH, SLUG_LENGTH


class ProjectForm(forms.Form):
    """The rules of the short name stand in actions/project.py; its refusals come back as errors of the field they name."""

    name = forms.CharField(max_length=NAME_LENGTH)
    slug = forms.CharField(max_length=SLUG_LENGTH, required=False, label="Short name")

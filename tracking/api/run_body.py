"""Bodies of runs: what comes in, what goes out."""

import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from kit.refusal import TooLarge
from tracking.actions.run import RunStart
from tracking.enums import RunState
from tracking.limits import NAME_LENGTH, NOTES_LENGTH, RUN_UID_LENGTH, SLUG_LENGTH, TAG_LENGTH, TAGS_PER_RUN, UPDATE_BYTES
from tracking.models import Run


class StrictText(serializers.CharField):
    """A text that was sent as a text: a number or a boolean is not quietly turned into one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictInteger(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


def _tags(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=StrictText(max_length=TAG_LENGTH), max_length=TAGS_PER_RUN, **options)


def _line(**options: Any) -> StrictText:
    return StrictText(max_length=NAME_LENGTH, required=False, allow_blank=True, **options)


class RunStartBody(serializers.Serializer):
    uid = serializers.RegexField(rf"^[0-9a-hjkmnp-tv-z]{{{RUN_UID_LENGTH}}}\Z")
    project = StrictText(max_length=2 * SLUG_LENGTH + 1, help_text="“team/project”, or “project” in the key's team")
    name = _line(allow_null=True)
    group = _line(allow_null=True)
    job_type = _line(allow_null=True)
    config = serializers.DictField(required=False, allow_null=True)
    tags = _tags(required=False, allow_null=True)
    seed = StrictInteger(required=False, allow_null=True, min_value=-(2**63), max_value=2**63 - 1)
    notes = StrictText(required=False, allow_blank=True, allow_null=True, max_length=NOTES_LENGTH, trim_whitespace=False)

    def validate_config(self, config: dict[str, Any] | None) -> dict[str, Any] | None:
        if config and len(json.dumps(config, ensure_ascii=False).encode()) > UPDATE_BYTES:
            raise TooLarge(f"The config is larger than {UPDATE_BYTES} bytes. Log files as artifacts.", limit=UPDATE_BYTES)
        return config

    def start(self) -> RunStart:
        fields = {word: value for word, value in self.validated_data.items() if value is not None and word != "project"}
        return RunStart(**fields | {"tags": tuple(fields.get("tags", ()))})


class RunChange(serializers.Serializer):
    name = _line()
    group = _line()
    notes = StrictText(required=False, allow_blank=True, max_length=NOTES_LENGTH, trim_whitespace=False)
    tags = _tags(required=False)


class RunBegun(serializers.Serializer):
    """All that a key which may only log is told of a run, also of one that was there already."""

    uid = serializers.CharField()
    project = serializers.CharField(help_text="team/project")
    name = serializers.CharField()
    url = serializers.URLField()
    state = serializers.ChoiceField(choices=RunState.choices)


class RunOut(RunBegun):
    group = serializers.CharField()
    job_type = serializers.CharField()
    seed = serializers.IntegerField(allow_null=True)
    notes = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    config = serializers.DictField()
    summary = serializers.DictField()
    exit_code = serializers.IntegerField(allow_null=True)
    end_reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    lost_records = serializers.IntegerField()
    rejected_records = serializers.IntegerField()


class RunPage(serializers.Serializer):
    runs = RunOut(many=True)
    next = serializers.CharField(allow_null=True)


def run_begun(run: Run) -> dict[str, Any]:
    """As RunBegun describes it. Reads run.project.team."""
    project = run.project
    address = reverse("tracking:run-detail", args=[project.team.slug, project.slug, run.uid])
    return {
        **{word: getattr(run, word) for word in ("uid", "name", "state")},
        "project": f"{project.team.slug}/{project.slug}",
        "url": settings.PUBLIC_URL + address,
    }


def run_out(run: Run) -> dict[str, Any]:
    """As RunOut describes it. Reads run.project.team and run.tags."""
    words = ("group", "job_type", "seed", "notes", "config", "summary", "exit_code", "end_reason")
    counts = ("created_at", "ended_at", "lost_records", "rejected_records")
    tags = sorted(tag.name for tag in run.tags.all())
    return {**run_begun(run), **{word: getattr(run, word) for word in (*words, *counts)}, "tags": tags}

"""Words of reports; import nothing of ours."""

from django.db.models import TextChoices


class ChartKind(TextChoices):
    """What a chart block can be. Others follow; each is a file in static/js/charts."""

    LINE = "line", "line"

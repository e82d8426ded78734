"""Words of reports; import nothing of ours."""

from django.db.models import TextChoices


class ChartKind(TextChoices):
    """What a chart block can be. Others follow; each is a file in static/js/charts."""

    LINE = "line", "line"


class SetAsideReason(TextChoices):
    """Why a draft is not the draft any more: whose text came in its place."""

    OVER = "over", "saved over"
    RESTORED = "restored", "replaced by a restored version,"
    TAKEN_BACK = "taken-back", "replaced by one taken back,"

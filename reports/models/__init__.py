from reports.models.comment import Comment
from reports.models.report import Report
from reports.models.version import PinnedChart, Version

__all__ = ["Comment", "PinnedChart", "Report", "Version"]

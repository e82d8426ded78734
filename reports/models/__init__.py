from reports.models.comment import Comment
from reports.models.report import Report
from reports.models.version import Frame, PinnedChart, Version

__all__ = ["Comment", "Frame", "PinnedChart", "Report", "Version"]

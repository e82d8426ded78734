from reports.models.comment import Comment
from reports.models.report import Report
from reports.models.set_aside import SetAside
from reports.models.version import Frame, PinnedChart, Version

__all__ = ["Comment", "Frame", "PinnedChart", "Report", "SetAside", "Version"]

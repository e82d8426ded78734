from tracking.models.batch import Batch, Conflict, Payload
from tracking.models.blob import Blob
from tracking.models.block import ConfigBlock, MetricBlock, Uncopied
from tracking.models.heartbeat import Heartbeat
from tracking.models.image import Image
from tracking.models.last_word import Extent, LastWord
from tracking.models.project import Project
from tracking.models.run import BinnedRun, LoggedRun, Run
from tracking.models.series import Chunk, Series, Superseded
from tracking.models.tag import Tag
from tracking.models.tombstone import Tombstone
from tracking.models.update import Update

__all__ = [
    "Batch",
    "BinnedRun",
    "Blob",
    "Chunk",
    "ConfigBlock",
    "Conflict",
    "Extent",
    "Heartbeat",
    "Image",
    "LastWord",
    "LoggedRun",
    "MetricBlock",
    "Payload",
    "Project",
    "Run",
    "Series",
    "Superseded",
    "Tag",
    "Tombstone",
    "Uncopied",
    "Update",
]

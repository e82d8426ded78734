"""Signs of life."""

from stack.models.heartbeat import WorkerHeartbeat

__all__ = ["WorkerHeartbeat"]

"""A draft of Bob's; files that want another text make their own."""

import pytest

from accounts.models import User
from reports.models import Report
from tests.factories.reports import make_report
from tracking.models import Project


@pytest.fixture
def report(project: Project, bob: User) -> Report:
    return make_report(project, bob)

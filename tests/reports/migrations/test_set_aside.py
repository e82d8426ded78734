"""A draft that was set aside before there were rows for them is not lost on the way."""

from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from reports.models import Report
from tests.factories.migrated import as_before
from tests.factories.reports import make_report
from tracking.models import Project

@pytest.mark.django_db(transaction=True)
def test_the_one_draft_set_aside_becomes_a_row(project: Project, bob: User) -> None:
    report, other = make_report(project, bob), make_report(project, bob)
    with as_before("reports", "0002_what_is_published_stays"), connection.cursor() as cursor:
        cursor.execute("UPDATE reports_report SET set_aside = '# Alice''s' WHERE id = %s", [report.pk])
    kept: Any = Report.objects.get(pk=report.pk).set_aside.get()
    assert (kept.text, kept.title, kept.number, kept.written_by, kept.reason) == ("# Alice's", "Alice's", 1, bob, "over")
    assert not other.set_aside.exists()

"""Making the copy that lists sort by anew."""

from io import StringIO

from django.core.management import call_command

from accounts.models import User
from tests.factories.tracking import log_metrics, make_run
from tracking.models import ConfigBlock, MetricBlock, Project, Uncopied


def test_the_copy_is_made_anew_from_the_runs(project: Project, bob: User) -> None:
    log_metrics(make_run(project, bob, config={"lr": 1}), {"loss": [1.0]})
    said = []
    for _ in range(2):
        ConfigBlock.objects.all().delete()
        MetricBlock.objects.all().update(vmin=b"")
        out = StringIO()
        call_command("rebuild_search", stdout=out)
        said.append((out.getvalue(), *ConfigBlock.objects.values_list("key"), *MetricBlock.objects.values_list("key", "vmin")))
    assert said[0] == said[1]
    assert said[0][:2] == ("2 changes copied\n", ("lr",))
    assert Uncopied.objects.count() == 0

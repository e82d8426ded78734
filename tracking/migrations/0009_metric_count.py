"""How many metrics each run has, where its batches look."""

from django.db import migrations, models

COUNT = """
    UPDATE tracking_run SET metric_count = counted.n
    FROM (SELECT run_id, max(no) AS n FROM tracking_series GROUP BY run_id) AS counted WHERE id = counted.run_id
"""


class Migration(migrations.Migration):
    dependencies = [("tracking", "0008_last_word")]

    operations = [
        migrations.AddField("run", "metric_count", models.IntegerField(default=0, db_default=0)),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]

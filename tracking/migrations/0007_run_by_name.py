"""The first runs by name are read off an index instead of sorted out of all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('tracking', '0006_further_conflicts')]

    operations = [
        migrations.AddIndex(
            model_name='run',
            index=models.Index(
                fields=['project', 'lower_name', '-created_at', '-id'],
                include=['group', 'job_type', 'seed', 'state'],
                condition=models.Q(('binned_at', None)),
                name='run_by_name',
            ),
        ),
    ]

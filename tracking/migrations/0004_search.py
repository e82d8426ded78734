"""What lists of many runs read: an index with all that they filter by, and blocks of what they sort by (tracking.models.block)."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Lower

PROJECT = models.ForeignKey(
    to='tracking.project', on_delete=django.db.models.deletion.CASCADE, related_name='+', db_index=False
)
BLOCK = [
    ('pk', models.CompositePrimaryKey('project_id', 'key', 'block', blank=True, editable=False, primary_key=True, serialize=False)),
    ('project', PROJECT),
    ('key', models.CharField(max_length=200)),
    ('block', models.BigIntegerField()),
    ('runs', models.BinaryField()),
]
STATEMENTS = [
    # Arrays of floats hardly get smaller, and a list reads hundreds of them.
    *(f"ALTER TABLE tracking_metricblock ALTER COLUMN {column} SET STORAGE EXTERNAL" for column in ("runs", "last", "vmin", "vmax")),
    "ALTER TABLE tracking_configblock ALTER COLUMN runs SET STORAGE EXTERNAL",
    # Lists read the index alone where pages of the table are known to be the same for all: keep that known.
    "ALTER TABLE tracking_run SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02)",
    # What is there already: the worker brings it in, and until then lists read it where it stands.
    """
    INSERT INTO tracking_uncopied (project_id, run_id, kind)
    SELECT project_id, id, kind FROM tracking_run, unnest(ARRAY['metric', 'config']) AS kind ORDER BY kind, id
    """,
]


class Migration(migrations.Migration):
    dependencies = [('tracking', '0003_run_bin')]

    operations = [
        migrations.CreateModel(
            name='MetricBlock',
            fields=[*BLOCK, *((name, models.BinaryField()) for name in ('last', 'vmin', 'vmax'))],
        ),
        migrations.CreateModel(
            name='ConfigBlock',
            fields=[
                *BLOCK,
                ('numbers', models.BinaryField()),
                ('words', models.TextField()),
                ('codes', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Uncopied',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('project', PROJECT),
                (
                    'run',
                    models.ForeignKey(
                        to='tracking.run',
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name='+',
                        db_constraint=False,
                        db_index=False,
                    ),
                ),
                ('kind', models.CharField(max_length=6)),
            ],
            options={'indexes': [models.Index(fields=['project', 'kind', 'run'], name='uncopied_of_project')]},
        ),
        migrations.AddField(
            model_name='run',
            name='lower_name',
            field=models.GeneratedField(
                expression=Lower('name'), output_field=models.CharField(max_length=200), db_persist=True
            ),
        ),
        migrations.RemoveIndex(model_name='run', name='run_newest'),
        migrations.RemoveIndex(model_name='run', name='run_running'),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(
                fields=['project', '-created_at', '-id'],
                include=['lower_name', 'group', 'job_type', 'seed', 'state', 'ended_at', 'binned_at'],
                name='run_newest',
            ),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('state', 'running')), fields=['project'], name='run_running'),
        ),
        migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop),
    ]

"""The last word on each name of a run, worked out for the runs there are; and a column of means for lists to sort by."""

import django.db.models.deletion
from django.db import migrations, models

# As tracking.limits and tracking.aggregates.last_word had them when this was written.
KEYS, BYTES, TAGS = 50_000, 4 * 1024 * 1024, 1_024

LAST_WORDS = """
    INSERT INTO tracking_lastword (run_id, kind, digest, key, value, room, time, writer, seq, "order")
    SELECT DISTINCT ON (run_id, kind, key) run_id, kind, substring(sha256(convert_to(key, 'UTF8')) FOR 16), key, value,
        max(octet_length(to_jsonb(key)::text) + octet_length(value::text) + 4) OVER (PARTITION BY run_id, kind, key),
        time, writer, seq, "order"
    FROM (
        SELECT id AS run_id, 'config' AS kind, key, value, -1::bigint AS time, '' AS writer, -1::bigint AS seq, -1 AS "order"
        FROM tracking_run, jsonb_each(first_config) AS first (key, value)
        UNION ALL
        SELECT run_id, kind, each.key, each.value, time, writer, seq, "order"
        FROM tracking_update, jsonb_each(data) AS each (key, value) WHERE kind IN ('config', 'summary')
        UNION ALL
        SELECT run_id, kind, name, to_jsonb(bool_and(wish)), time, writer, seq, "order" FROM tracking_update, LATERAL (
            SELECT jsonb_array_elements_text(data->'add') AS name, true AS wish
            UNION ALL SELECT jsonb_array_elements_text(data->'remove'), false
        ) AS wishes WHERE kind = 'tags' GROUP BY run_id, kind, name, time, writer, seq, "order"
    ) AS said (run_id, kind, key, value, time, writer, seq, "order")
    ORDER BY run_id, kind, key, time DESC, writer COLLATE "C" DESC, seq DESC, "order" DESC
"""
EXTENTS = f"""
    WITH counted AS (
        SELECT run_id, kind, digest, key, room, row_number() OVER keys AS place, sum(room) OVER keys AS so_far
        FROM tracking_lastword WINDOW keys AS (PARTITION BY run_id, kind ORDER BY key ROWS UNBOUNDED PRECEDING)
    ), judged AS (
        SELECT *, place > CASE kind WHEN 'tags' THEN {TAGS} ELSE {KEYS} END OR so_far > {BYTES} AS is_out FROM counted
    ), cut AS (
        DELETE FROM tracking_lastword AS word USING judged
        WHERE is_out AND (word.run_id, word.kind, word.digest) = (judged.run_id, judged.kind, judged.digest)
    )
    INSERT INTO tracking_extent (run_id, kind, keys, room, edge)
    SELECT run_id, kind, count(*) FILTER (WHERE NOT is_out), coalesce(sum(room) FILTER (WHERE NOT is_out), 0),
        min(key) FILTER (WHERE is_out)
    FROM judged GROUP BY run_id, kind
"""
# Only what is too large changes: the others are as they were merged.
CUT = """
    UPDATE tracking_run AS run SET {kind} = coalesce(
        (SELECT jsonb_object_agg(key, value) FROM tracking_lastword WHERE run_id = run.id AND kind = '{kind}'), '{{}}')
    FROM tracking_extent AS extent WHERE extent.run_id = run.id AND extent.kind = '{kind}' AND edge IS NOT NULL
"""
STATEMENTS = [
    LAST_WORDS,
    "ANALYZE tracking_lastword",
    EXTENTS,
    CUT.format(kind="config"),
    CUT.format(kind="summary"),
    "INSERT INTO tracking_uncopied (project_id, run_id, kind) SELECT project_id, id, 'config' FROM tracking_run"
    " JOIN tracking_extent ON run_id = id WHERE tracking_extent.kind = 'config' AND edge IS NOT NULL",
    # Blocks without means are none: the worker makes them anew, and until then lists read the truth.
    "DELETE FROM tracking_metricblock",
    "INSERT INTO tracking_uncopied (project_id, run_id, kind) SELECT project_id, id, 'metric' FROM tracking_run ORDER BY id",
    "ALTER TABLE tracking_metricblock ALTER COLUMN mean SET STORAGE EXTERNAL",
]
WORD = [
    ('key', models.TextField(db_collation='C')),
    ('value', models.JSONField()),
    ('room', models.IntegerField()),
    ('time', models.BigIntegerField()),
    ('writer', models.CharField(blank=True, db_collation='C', max_length=32)),
    ('seq', models.BigIntegerField()),
    ('order', models.IntegerField()),
]


def of_run(name):
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name=name, to='tracking.run'
    )


def key_of(*names):
    return models.CompositePrimaryKey(*names, blank=True, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [('tracking', '0007_run_by_name')]

    operations = [
        migrations.CreateModel(
            name='LastWord',
            fields=[
                ('pk', key_of('run_id', 'kind', 'digest')),
                ('run', of_run('last_words')),
                ('kind', models.CharField(max_length=16)),
                ('digest', models.BinaryField(max_length=16)),
                *WORD,
            ],
        ),
        migrations.CreateModel(
            name='Extent',
            fields=[
                ('pk', key_of('run_id', 'kind')),
                ('run', of_run('extents')),
                ('kind', models.CharField(max_length=16)),
                ('keys', models.IntegerField(default=0)),
                ('room', models.BigIntegerField(default=0)),
                ('edge', models.TextField(db_collation='C', null=True)),
            ],
        ),
        migrations.AddField(
            model_name='metricblock', name='mean', field=models.BinaryField(default=b''), preserve_default=False
        ),
        migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop),
    ]

"""How PostgreSQL lays the metric tables out. Django has no words for these."""

from django.db import migrations

# What is compressed already is stored as it is; a level of a chunk is then read without touching the others.
EXTERNAL = [
    ("tracking_payload", "body"),
    ("tracking_conflict", "body"),
    ("tracking_blob", "body"),
    ("tracking_chunk", "body"),
    ("tracking_chunk", "l16"),
    ("tracking_chunk", "l128"),
    ("tracking_superseded", "body"),
]
# Rows that are rewritten in place need room in their page for the next version (HOT).
FILL = {"tracking_heartbeat": 50, "tracking_series": 70, "tracking_run": 80}

STATEMENTS = [
    *(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL" for table, column in EXTERNAL),
    # The top level of a chunk is small and read most: in the row while it fits.
    "ALTER TABLE tracking_chunk ALTER COLUMN l1024 SET STORAGE MAIN",
    *(f"ALTER TABLE {table} SET (fillfactor = {percent})" for table, percent in FILL.items()),
]


class Migration(migrations.Migration):
    dependencies = [("tracking", "0001_initial")]
    operations = [migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop)]

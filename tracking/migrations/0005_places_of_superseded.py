"""Rows of superseded values say where their points stand, so that a page of a history reads only those it tells of."""

import numpy as np
from django.db import migrations, models

from tracking.columns.body import unpack_body
from tracking.columns.place import place_of

ENDS = ('first', 'last')


def place(apps, schema_editor):
    """One row in memory at a time; all in the one transaction of the migration, so a killed one begins anew."""
    superseded = apps.get_model('tracking', 'Superseded').objects
    for pk in superseded.values_list('pk', flat=True).iterator():
        body = superseded.values_list('body', flat=True).get(pk=pk)
        points = unpack_body(bytes(body))
        order = np.lexsort((points.ranks, points.writers, points.steps))
        first, last = place_of(points, order[0]), place_of(points, order[-1])
        superseded.filter(pk=pk).update(
            **{f'{end}_{word}': value for end, one in zip(ENDS, (first, last)) for word, value in one._asdict().items()}
        )


class Migration(migrations.Migration):
    dependencies = [('tracking', '0004_search')]

    operations = [
        *(
            migrations.AddField('superseded', f'{end}_{word}', field, preserve_default=False)
            for end in ENDS
            for word, field in {
                'step': models.BigIntegerField(default=0),
                'writer': models.CharField(max_length=32, db_collation='C', default=''),
                'rank': models.BigIntegerField(default=0),
            }.items()
        ),
        migrations.RunPython(place, migrations.RunPython.noop),
        migrations.AddIndex(
            'superseded',
            models.Index(fields=['run', 'series_no', 'first_step', 'first_writer', 'first_rank'], name='superseded_by_place'),
        ),
    ]

"""Every draft set aside has a row of its own; the one there was place for becomes the first."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


# Who wrote the text was not stored: it is said to be the report's owner's.
KEEP = r"""
INSERT INTO reports_setaside (report_id, number, title, text, written_by_id, by_id, at, reason)
SELECT id, 1, left(coalesce(nullif(trim(substring(set_aside from '^\s*#[ \t]+([^\r\n]*)')), ''), 'Untitled'), 200),
       set_aside, owner_id, saved_by_id, saved_at, 'over'
FROM reports_report WHERE set_aside <> ''
"""


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0002_what_is_published_stays'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SetAside',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('text', models.TextField(max_length=200000)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reason', models.CharField(choices=[('over', 'saved over'), ('restored', 'replaced by a restored version,'), ('taken-back', 'replaced by one taken back,')], max_length=12)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='set_aside', to='reports.report')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-number'],
                'constraints': [models.UniqueConstraint(fields=('report', 'number'), name='set_aside_number_once')],
            },
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='report',
            name='set_aside',
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('tracking', '0005_places_of_superseded')]

    operations = [migrations.AddField('run', 'further_conflicts', models.PositiveBigIntegerField(default=0, db_default=0))]

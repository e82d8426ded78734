import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_cache_table'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignInTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.BinaryField(max_length=32)),
                ('pair', models.BinaryField(max_length=32)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'indexes': [models.Index(fields=['pair', 'at'], name='sign_in_try_pair'), models.Index(fields=['source', 'at'], name='sign_in_try_source'), models.Index(fields=['at'], name='sign_in_try_at')],
            },
        ),
    ]

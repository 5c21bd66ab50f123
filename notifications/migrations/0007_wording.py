import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0006_inbound_texts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('language', models.CharField(default='en', max_length=8)),
            ],
            options={
                'verbose_name': 'wording of a message',
                'verbose_name_plural': 'wording of messages',
                'ordering': ['kind', 'language'],
            },
        ),
        migrations.CreateModel(
            name='WordingVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveIntegerField()),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('heading', models.CharField(blank=True, max_length=200)),
                ('body', models.TextField(blank=True, help_text='Markdown with declared fields')),
                ('short', models.CharField(blank=True, help_text='As a text message', max_length=320)),
                ('letter', models.TextField(blank=True, help_text='Markdown of the letter itself')),
                ('note', models.CharField(blank=True, help_text='Why it was changed', max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'version of a wording',
                'verbose_name_plural': 'versions of a wording',
                'ordering': ['-number'],
            },
        ),
        migrations.AddField(
            model_name='wordingversion',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='wordingversion',
            name='wording',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='notifications.wording'),
        ),
        migrations.AddField(
            model_name='wording',
            name='published',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notifications.wordingversion'),
        ),
        migrations.AddField(
            model_name='notification',
            name='wording_version',
            field=models.ForeignKey(blank=True, help_text="The staff's own words that were used; empty means the default", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notifications.wordingversion'),
        ),
        migrations.AddConstraint(
            model_name='wordingversion',
            constraint=models.UniqueConstraint(fields=('wording', 'number'), name='wording_version_once'),
        ),
        migrations.AddConstraint(
            model_name='wording',
            constraint=models.UniqueConstraint(fields=('kind', 'language'), name='wording_once'),
        ),
    ]

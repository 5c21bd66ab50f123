import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0005_preferences'),
        ('loans', '0002_task_kinds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='InboundText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('provider', models.CharField(max_length=30)),
                ('provider_id', models.CharField(max_length=120)),
                ('sender', models.CharField(help_text='E.164, such as +15125550142', max_length=20)),
                ('sent_to', models.CharField(blank=True, max_length=20)),
                ('body', models.TextField(blank=True)),
                ('media', models.JSONField(blank=True, default=list, help_text='Addresses and types of pictures')),
                ('media_taken_at', models.DateTimeField(blank=True, null=True)),
                ('media_tries', models.PositiveSmallIntegerField(default=0)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reading', models.CharField(choices=[('stop', 'Stop'), ('start', 'Start again'), ('help', 'Help'), ('menu', 'A word of the menu'), ('message', 'A message to the officer'), ('unclear', 'Perhaps stop: somebody must look'), ('unknown', 'From a number we do not know'), ('silent', 'Nothing to do')], max_length=8)),
                ('keyword', models.CharField(blank=True, max_length=20)),
                ('decide_by', models.DateTimeField(blank=True, null=True)),
                ('decision', models.CharField(blank=True, choices=[('stop', 'It meant stop'), ('go_on', 'It did not mean stop'), ('undecided', 'Nobody decided in time: counts as stop')], max_length=10)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'text received',
                'verbose_name_plural': 'texts received',
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='inboundtext',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='inboundtext',
            name='loan',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='inbound_texts', to='loans.loan'),
        ),
        migrations.AddField(
            model_name='inboundtext',
            name='party',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='loans.party'),
        ),
        migrations.AddField(
            model_name='inboundtext',
            name='reply',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='notifications.notification'),
        ),
        migrations.AddIndex(
            model_name='inboundtext',
            index=models.Index(fields=['sender', '-id'], name='inbound_text_sender'),
        ),
        migrations.AddIndex(
            model_name='inboundtext',
            index=models.Index(fields=['loan', '-id'], name='inbound_text_loan'),
        ),
        migrations.AddIndex(
            model_name='inboundtext',
            index=models.Index(condition=models.Q(('decision', ''), ('reading', 'unclear')), fields=['decide_by'], name='inbound_text_undecided'),
        ),
        migrations.AddConstraint(
            model_name='inboundtext',
            constraint=models.UniqueConstraint(fields=('provider', 'provider_id'), name='inbound_text_once'),
        ),
    ]

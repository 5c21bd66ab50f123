import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0020_task_recovery'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='UpdatePromise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('kept_at', models.DateTimeField(blank=True, help_text='When they heard from us', null=True)),
                ('replaced_at', models.DateTimeField(blank=True, help_text='When another day, or none, took its place before they had heard', null=True)),
                ('lapsed_at', models.DateTimeField(blank=True, help_text='The loan ended before its day: neither kept nor broken', null=True)),
                ('loan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='update_promises', to='loans.loan')),
                ('made_by', models.ForeignKey(help_text='Empty: the portal', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'promised update',
                'verbose_name_plural': 'promised updates',
                'ordering': ['-on', '-id'],
                'indexes': [
                    models.Index(fields=['on'], name='update_promise_on'),
                    models.Index(condition=models.Q(('kept_at__isnull', True), ('lapsed_at__isnull', True), ('replaced_at__isnull', True)), fields=['loan'], name='update_promise_open'),
                ],
            },
        ),
    ]

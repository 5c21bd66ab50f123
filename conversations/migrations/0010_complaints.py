import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0009_threads'),
        ('loans', '0015_who_waits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Complaint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('words', models.TextField(verbose_name='what is wrong')),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('acknowledge_by', models.DateField(verbose_name='acknowledge by')),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('resolution', models.TextField(blank=True, verbose_name='what was done')),
                ('asked_at', models.DateTimeField(blank=True, help_text='When they were asked whether it is settled', null=True)),
                ('is_settled', models.BooleanField(blank=True, help_text='What they answered', null=True)),
                ('source', models.CharField(editable=False, max_length=80, unique=True)),
                ('loan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='complaints', to='loans.loan')),
                ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='complaints', to='conversations.message')),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('party', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='loans.party')),
            ],
            options={
                'verbose_name': 'complaint',
                'verbose_name_plural': 'complaints',
                'ordering': ['acknowledge_by', 'id'],
                'indexes': [models.Index(condition=models.Q(('resolved_at__isnull', True)), fields=['owner', 'acknowledge_by'], name='complaint_open'), models.Index(condition=models.Q(('resolved_at__isnull', True)), fields=['opened_at', 'id'], name='complaint_opened'), models.Index(condition=models.Q(('resolved_at__isnull', False)), fields=['-resolved_at', '-id'], name='complaint_resolved')],
            },
        ),
    ]

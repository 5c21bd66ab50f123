
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0002_task_kinds'),
        ('notifications', '0010_figures_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='inboundtext',
            name='acted_at',
            field=models.DateTimeField(blank=True, help_text='Empty: nobody has read it yet', null=True),
        ),
        migrations.AddField(
            model_name='inboundtext',
            name='media_not_before',
            field=models.DateTimeField(blank=True, help_text='Set while pictures wait: who fetches them, and when again', null=True),
        ),
        migrations.AddIndex(
            model_name='inboundtext',
            index=models.Index(condition=models.Q(('acted_at__isnull', True)), fields=['id'], name='inbound_text_unread'),
        ),
        migrations.AddIndex(
            model_name='inboundtext',
            index=models.Index(condition=models.Q(('media_not_before__isnull', False)), fields=['media_not_before'], name='inbound_text_pictures'),
        ),
    ]

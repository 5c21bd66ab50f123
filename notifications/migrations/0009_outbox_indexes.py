from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0008_message_rules'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='notification',
            name='notification_due',
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['channel', 'priority', 'due_at', 'id'], name='notification_due'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(fields=['recipient', 'kind', '-id'], name='notification_recipient'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('provider_id', ''), _negated=True), fields=['provider', 'provider_id'], name='notification_provider'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('state', 'ready_to_print')), fields=['due_at', 'id'], name='notification_to_print'),
        ),
    ]

import accounts.operations
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('conversations', '0007_fill_clock_of_answers'),
    ]

    operations = [
        accounts.operations.AddIndexOnline(
            model_name='conversation',
            index=models.Index(condition=models.Q(('unanswered_since__isnull', False)), fields=['unanswered_since', 'id'], name='conversation_unanswered'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='conversation',
            index=models.Index(fields=['-last_message_at', '-id'], name='conversation_latest'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='conversation',
            index=models.Index(condition=models.Q(('status', 'resolved')), fields=['-last_message_at', '-id'], name='conversation_resolved'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='message',
            index=models.Index(condition=models.Q(('answered_at__isnull', False)), fields=['answered_at'], name='message_answered'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='message',
            index=models.Index(fields=['at'], name='message_at'),
        ),
    ]

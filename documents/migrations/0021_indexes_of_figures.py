import accounts.operations
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('documents', '0020_request_asked_again'),
    ]

    operations = [
        accounts.operations.AddIndexOnline(
            model_name='document',
            index=models.Index(condition=models.Q(('reviewed_at__isnull', False)), fields=['reviewed_at'], name='document_reviewed'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='document',
            index=models.Index(condition=models.Q(('request__isnull', False)), fields=['received_at'], name='document_received'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='request',
            index=models.Index(django.db.models.functions.comparison.Coalesce('asked_again_at', 'created_at'), name='request_asked'),
        ),
    ]

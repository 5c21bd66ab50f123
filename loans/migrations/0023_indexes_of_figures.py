import accounts.operations
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('loans', '0022_fill_update_promises'),
    ]

    operations = [
        accounts.operations.AddIndexOnline(
            model_name='application',
            index=models.Index(condition=models.Q(('proved_at__isnull', False)), fields=['proved_at'], name='application_proved'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='stageevent',
            index=models.Index(fields=['at'], name='stage_event_at'),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0001_initial'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('due_on__isnull', False), ('state__in', ['owed', 'returned'])), fields=['due_on', 'party'], name='request_due'),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_paper_days'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(condition=models.Q(('revoked_at__isnull', True), ('used_at__isnull', True)), fields=['created_at'], name='invitation_open'),
        ),
    ]

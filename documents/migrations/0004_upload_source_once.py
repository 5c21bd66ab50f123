from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('documents', '0003_unasked_files'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='uploadsession',
            constraint=models.UniqueConstraint(condition=models.Q(('source', ''), _negated=True), fields=('source',), name='upload_source_once'),
        ),
    ]

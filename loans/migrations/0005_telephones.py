from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0004_unfinished_applications'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='party',
            index=models.Index(fields=['phone'], name='party_phone'),
        ),
    ]

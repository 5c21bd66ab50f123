from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0011_texts_unread'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(fields=['channel', '-id'], name='notification_channel'),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0012_channel_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='notification',
            name='words_cleared_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When its words were cleared away', null=True),
        ),
    ]

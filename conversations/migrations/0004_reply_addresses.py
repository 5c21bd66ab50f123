from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0003_visitors'),
    ]

    operations = [
        migrations.AddField(
            model_name='conversation',
            name='reply_token',
            field=models.CharField(editable=False, help_text='In the address that answers by mail go to', max_length=40, null=True, unique=True),
        ),
    ]

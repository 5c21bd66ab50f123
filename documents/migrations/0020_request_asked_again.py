from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0019_fill_last_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='request',
            name='asked_again_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When it was last asked for once more', null=True),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0014_tasks_of_the_desk'),
    ]

    operations = [
        migrations.AddField(
            model_name='loan',
            name='last_word_at',
            field=models.DateTimeField(editable=False, help_text='When the borrowers last saw something of ours', null=True),
        ),
        migrations.AddField(
            model_name='loan',
            name='lock_ends_on',
            field=models.DateField(editable=False, help_text='Copy of the key date, for lists', null=True),
        ),
        migrations.AddField(
            model_name='loan',
            name='unanswered_since',
            field=models.DateTimeField(editable=False, help_text='When they wrote what nobody has answered yet', null=True),
        ),
        migrations.AddField(
            model_name='loan',
            name='waiting_until',
            field=models.DateField(blank=True, help_text='By when, where somebody set by hand who has the ball', null=True, verbose_name='waiting until'),
        ),
        migrations.AddField(
            model_name='loan',
            name='waiting_since',
            field=models.DateTimeField(editable=False, help_text='Since when the same side has the ball', null=True),
        ),
    ]

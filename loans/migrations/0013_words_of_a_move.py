from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0012_usual_days'),
    ]

    operations = [
        migrations.AddField(
            model_name='stageevent',
            name='silent_why',
            field=models.CharField(blank=True, db_default='', default='', help_text='Why the borrowers were not told', max_length=300),
        ),
        migrations.AddField(
            model_name='stageevent',
            name='words',
            field=models.TextField(blank=True, db_default='', default='', help_text='In the words of who moved it; empty means the text of the table', verbose_name='message to the borrower'),
        ),
    ]

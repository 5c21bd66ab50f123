from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0004_reply_addresses'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='is_internal',
            field=models.BooleanField(db_default=False, default=False, help_text='A note among us; no borrower ever sees it'),
        ),
        migrations.AddField(
            model_name='message',
            name='subject',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='message',
            name='minutes',
            field=models.PositiveSmallIntegerField(blank=True, help_text='How long a call was; 0: nobody answered it', null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='sender',
            field=models.EmailField(blank=True, db_default='', default='', help_text='Of a mail that answers this thread from an address nobody on the loan has', max_length=254),
        ),
    ]

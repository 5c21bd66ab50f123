from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0005_kinds_of_messages'),
    ]

    operations = [
        migrations.AddField(
            model_name='conversation',
            name='reopened',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='How often they wrote again after it was resolved'),
        ),
        migrations.AddField(
            model_name='conversation',
            name='resolved_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='conversation',
            name='unanswered_since',
            field=models.DateTimeField(blank=True, help_text='When the first message came that nobody has answered', null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='answer_minutes',
            field=models.PositiveIntegerField(blank=True, help_text='Business minutes until it was answered', null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='answered_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='needs_no_reply',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]

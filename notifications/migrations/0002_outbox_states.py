from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='notification',
            name='delivered_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='notification',
            name='provider',
            field=models.CharField(blank=True, db_default='', default='', help_text='Who carried it', max_length=30),
        ),
        migrations.AlterField(
            model_name='notification',
            name='provider_id',
            field=models.CharField(blank=True, help_text='What they call it', max_length=200),
        ),
        migrations.AlterField(
            model_name='notification',
            name='state',
            field=models.CharField(choices=[('queued', 'Waiting'), ('held', 'On hold'), ('sending', 'Being sent'), ('sent', 'Sent'), ('delivered', 'Delivered'), ('ready_to_print', 'Ready to print'), ('printed', 'Printed'), ('cancelled', 'Cancelled'), ('expired', 'Expired'), ('suppressed', 'Not sent: address switched off'), ('bounced', 'Came back'), ('complained', 'Marked as unwanted'), ('failed', 'Failed'), ('unknown', 'Unclear: please look')], default='queued', max_length=16),
        ),
        migrations.AlterField(
            model_name='notification',
            name='stopped_from',
            field=models.CharField(blank=True, editable=False, max_length=16),
        ),
        migrations.AlterField(
            model_name='notification',
            name='template_version',
            field=models.CharField(default='1', help_text='The default words in the catalog that were in force', max_length=20),
        ),
    ]

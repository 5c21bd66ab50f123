from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0003_delivery_events'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='suppression',
            name='suppression_once',
        ),
        migrations.AddField(
            model_name='suppression',
            name='detail',
            field=models.CharField(blank=True, db_default='', default='', max_length=300),
        ),
        migrations.AddField(
            model_name='suppression',
            name='scope',
            field=models.CharField(choices=[('everything', 'Everything'), ('marketing', 'Marketing alone')], db_default='everything', default='everything', max_length=12),
        ),
        migrations.AlterField(
            model_name='suppression',
            name='address',
            field=models.CharField(help_text='In lower case; telephone numbers as +15125550142', max_length=254),
        ),
        migrations.AlterField(
            model_name='suppression',
            name='reason',
            field=models.CharField(choices=[('refused', 'Refused by the mail server'), ('bounced', 'Mail comes back'), ('complained', 'Marked as unwanted'), ('stop', 'Said stop'), ('unclear', 'Perhaps said stop; somebody must look'), ('unsubscribed', 'Unsubscribed'), ('staff', 'Switched off by staff')], default='staff', max_length=40),
        ),
        migrations.AddConstraint(
            model_name='suppression',
            constraint=models.UniqueConstraint(fields=('address', 'channel', 'scope'), name='suppression_once'),
        ),
    ]

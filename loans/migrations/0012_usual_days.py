from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0011_partners'),
    ]

    operations = [
        migrations.CreateModel(
            name='UsualDays',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('started', 'Started'), ('application_received', 'Application received'), ('processing', 'Processing'), ('underwriting', 'Underwriting'), ('conditional_approval', 'Conditional approval'), ('conditions_review', 'Conditions review'), ('clear_to_close', 'Clear to close'), ('closing', 'Closing'), ('funded', 'Funded'), ('suspended', 'Suspended'), ('withdrawn', 'Withdrawn'), ('denied', 'Denied'), ('incomplete', 'Closed as incomplete')], max_length=24, unique=True)),
                ('loans', models.PositiveIntegerField(verbose_name='from how many loans')),
                ('median', models.PositiveSmallIntegerField(verbose_name='median, days')),
                ('ninetieth', models.PositiveSmallIntegerField(verbose_name='nine in ten within, days')),
                ('counted_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'usual days of a stage',
                'verbose_name_plural': 'usual days of the stages',
                'ordering': ['id'],
            },
        ),
    ]

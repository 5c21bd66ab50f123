import datetime

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import notifications.models.rules


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0007_wording'),
    ]

    operations = [
        migrations.CreateModel(
            name='MessageRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reminder_days_before', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MaxValueValidator(30)], verbose_name='first reminder, days before a paper is due')),
                ('reminder_every_days', models.PositiveSmallIntegerField(default=4, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)], verbose_name='after the due day, a reminder every so many days')),
                ('reminder_most', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MaxValueValidator(20)], verbose_name='most reminders for one paper')),
                ('reminder_at', models.TimeField(default=datetime.time(10, 0), verbose_name='reminders leave at')),
                ('quiet_from', models.TimeField(default=datetime.time(20, 0), verbose_name='quiet hours begin')),
                ('quiet_until', models.TimeField(default=datetime.time(8, 0), verbose_name='quiet hours end')),
                ('skip_weekends', models.BooleanField(default=True, verbose_name='no reminders on weekends and federal holidays')),
                ('blackout_days', models.TextField(blank=True, help_text='One day a line, such as 2026-12-24.', validators=[notifications.models.rules.check_days], verbose_name='days without reminders and marketing')),
                ('requests_wait_minutes', models.PositiveSmallIntegerField(default=15, validators=[django.core.validators.MaxValueValidator(240)], verbose_name='minutes in which requests are gathered into one message')),
                ('officer_wait_minutes', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MaxValueValidator(240)], verbose_name='minutes in which notices to an officer are gathered')),
                ('officer_digest', models.BooleanField(default=True, verbose_name='morning digest for officers')),
                ('officer_digest_at', models.TimeField(default=datetime.time(8, 0), verbose_name='morning digest leaves at (company time)')),
                ('unfinished_after_days', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)], verbose_name='reminder of an unfinished application, days after the last word typed')),
                ('invitation_after_days', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)], verbose_name='reminder of an unused invitation, days after it was sent')),
                ('binder_month', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='closing papers for taxes: month')),
                ('binder_day', models.PositiveSmallIntegerField(default=20, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(28)], verbose_name='closing papers for taxes: day of the month')),
                ('keep_bodies_months', models.PositiveSmallIntegerField(default=84, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(240)], verbose_name='months for which the words of a sent message are kept')),
                ('letters_by', models.CharField(choices=[('mail', 'By e-mail, as a PDF'), ('paper', 'On paper'), ('both', 'By e-mail and on paper')], default='mail', max_length=6, verbose_name='letters go')),
                ('anniversaries', models.BooleanField(default=True, verbose_name='letters on the anniversary of the closing')),
            ],
            options={
                'verbose_name': 'rules for messages',
                'verbose_name_plural': 'rules for messages',
            },
        ),
        migrations.AddConstraint(
            model_name='messagerules',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='message_rules_are_one'),
        ),
    ]

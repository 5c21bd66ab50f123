import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0010_complaints'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReplyFigures',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField(blank=True, help_text='Its Monday; empty for the last 90 days', null=True)),
                ('received', models.PositiveIntegerField(default=0)),
                ('answered', models.PositiveIntegerField(default=0)),
                ('median_minutes', models.PositiveIntegerField(blank=True, help_text='Of office hours', null=True)),
                ('ninetieth_minutes', models.PositiveIntegerField(blank=True, help_text='Nine of ten were answered within these', null=True)),
                ('judged', models.PositiveIntegerField(default=0, help_text='Answers given more than a week ago')),
                ('settled_at_once', models.PositiveIntegerField(default=0, help_text='Of those, after how many nobody wrote again within a week')),
                ('kept_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reply_figures', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'figures of answers',
                'verbose_name_plural': 'figures of answers',
                'ordering': ['officer', '-week'],
                'constraints': [models.UniqueConstraint(fields=('officer', 'week'), name='reply_figures_week_once'), models.UniqueConstraint(condition=models.Q(('week', None)), fields=('officer',), name='reply_figures_quarter_once')],
            },
        ),
    ]

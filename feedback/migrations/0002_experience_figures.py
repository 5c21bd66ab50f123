import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0001_initial'),
        ('accounts', '0012_branches'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ExperienceFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(help_text='Its first day')),
                ('figure', models.CharField(max_length=24)),
                ('part', models.CharField(blank=True, max_length=40)),
                ('numerator', models.IntegerField(default=0)),
                ('denominator', models.PositiveIntegerField(default=0, help_text='How many rows there are behind it')),
                ('median', models.PositiveIntegerField(blank=True, null=True)),
                ('ninetieth', models.PositiveIntegerField(blank=True, help_text='Nine in ten are no more than this', null=True)),
                ('counted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('branch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.branch')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'figure of experience',
                'verbose_name_plural': 'figures of experience',
                'ordering': ['-month', 'figure', 'part', 'id'],
                'indexes': [models.Index(fields=['month', 'part', 'figure'], name='experience_month')],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('person', 'month', 'figure', 'part'), name='experience_person_once'),
                    models.UniqueConstraint(condition=models.Q(('branch__isnull', False)), fields=('branch', 'month', 'figure', 'part'), name='experience_branch_once'),
                    models.CheckConstraint(condition=models.Q(('person__isnull', True), ('branch__isnull', True), _connector='OR'), name='experience_of_one'),
                    models.UniqueConstraint(condition=models.Q(('branch__isnull', True), ('person__isnull', True)), fields=('month', 'figure', 'part'), name='experience_house_once'),
                ],
            },
        ),
    ]

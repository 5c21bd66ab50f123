import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0009_words_to_find_loans_by'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LoanImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('rows', models.JSONField(default=list, help_text='Each line as it was read, with what it would do or what is wrong')),
                ('invite', models.BooleanField(default=False, verbose_name='invite the borrowers')),
                ('state', models.CharField(choices=[('read', 'Read, nothing done'), ('asked', 'Waits to be brought over'), ('running', 'Being brought over'), ('done', 'Brought over')], default='read', max_length=8)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('claimed_at', models.DateTimeField(blank=True, editable=False, help_text='Since when somebody brings it over', null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'loans brought over',
                'verbose_name_plural': 'loans brought over',
                'ordering': ['-created_at'],
            },
        ),
        migrations.AddField(
            model_name='loan',
            name='external_number',
            field=models.CharField(blank=True, db_default='', default='', help_text='In the loan system it was brought over from; the same one twice is one loan', max_length=40, verbose_name='number elsewhere'),
        ),
    ]

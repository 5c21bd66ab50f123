import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A file that nobody asked for (a picture by text): no request, perhaps no account, perhaps nobody known."""

    dependencies = [
        ('documents', '0002_requests_due'),
        ('loans', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='party',
            field=models.ForeignKey(blank=True, help_text='Whose it is when no request says so; empty: we do not know', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loans.party'),
        ),
        migrations.AddField(
            model_name='uploadsession',
            name='party',
            field=models.ForeignKey(blank=True, help_text='Whose it is when no request says so; empty: we do not know', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='loans.party'),
        ),
        migrations.AddField(
            model_name='uploadsession',
            name='source',
            field=models.CharField(blank=True, db_default='', default='', editable=False, help_text='What brought it unasked; the same one twice is one upload', max_length=80),
        ),
        migrations.AlterField(
            model_name='document',
            name='uploader',
            field=models.ForeignKey(blank=True, help_text='Empty for somebody who has no account yet', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='uploadsession',
            name='request',
            field=models.ForeignKey(blank=True, help_text='Empty for what came unasked, such as a picture by text', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='documents.request'),
        ),
        migrations.AlterField(
            model_name='uploadsession',
            name='uploader',
            field=models.ForeignKey(blank=True, help_text='Empty for somebody who has no account yet', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
    ]

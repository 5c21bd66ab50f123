import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0003_visitors'),
        ('loans', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReplyAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(editable=False, max_length=40, unique=True)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reply_addresses', to='conversations.conversation')),
                ('party', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='loans.party')),
            ],
            options={
                'verbose_name': 'reply address',
                'verbose_name_plural': 'reply addresses',
            },
        ),
    ]

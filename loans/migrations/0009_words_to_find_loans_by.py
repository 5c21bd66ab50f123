import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0008_saved_views'),
    ]

    operations = [
        migrations.CreateModel(
            name='LoanWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=60)),
                ('loan', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='search_words', to='loans.loan')),
            ],
            options={
                'verbose_name': 'word to find a loan by',
                'verbose_name_plural': 'words to find a loan by',
                'indexes': [models.Index(fields=['word', 'loan'], name='loan_word_begins', opclasses=['varchar_pattern_ops', 'int8_ops'])],
                'constraints': [models.UniqueConstraint(fields=('loan', 'word'), name='loan_word_once')],
            },
        ),
    ]

import accounts.operations
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('loans', '0017_indexes_of_lists'),
    ]

    operations = [
        accounts.operations.AddUniqueOnline(
            model_name='loan',
            constraint=models.UniqueConstraint(condition=models.Q(('external_number', ''), _negated=True), fields=('external_number',), name='loan_external_once'),
        ),
    ]

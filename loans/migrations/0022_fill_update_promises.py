from django.db import migrations
from django.db.models import Exists, OuterRef

AT_ONCE = 1000


def fill_promises(apps, schema_editor):
    """Each promise that stands is one from now on; what became of earlier ones nobody wrote down."""
    Loan, UpdatePromise = apps.get_model('loans', 'Loan'), apps.get_model('loans', 'UpdatePromise')
    known = UpdatePromise.objects.filter(loan=OuterRef('pk'))
    promised = Loan.objects.filter(~Exists(known), next_update_on__isnull=False)
    while some := list(promised.values_list('pk', 'next_update_on')[:AT_ONCE]):
        UpdatePromise.objects.bulk_create(UpdatePromise(loan_id=pk, on=on) for pk, on in some)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [('loans', '0021_update_promises')]

    operations = [migrations.RunPython(fill_promises, migrations.RunPython.noop, elidable=True)]

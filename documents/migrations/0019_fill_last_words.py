from django.db import migrations
from django.db.models import F, Max, OuterRef, Subquery

AT_ONCE = 1000


def count_papers(apps, schema_editor):
    """A paper asked for or looked at is a word to the borrowers as well as a stage is."""
    Loan = apps.get_model('loans', 'Loan')
    Document = apps.get_model('documents', 'Document')
    Request = apps.get_model('documents', 'Request')
    asked = Request.objects.filter(loan=OuterRef('pk')).order_by('-created_at').values('created_at')[:1]
    looked_at = Document.objects.filter(loan=OuterRef('pk'), reviewed_at__isnull=False)
    looked_at = looked_at.order_by('-reviewed_at').values('reviewed_at')[:1]
    last = Loan.objects.aggregate(last=Max('pk'))['last'] or 0
    for newest in (Subquery(asked), Subquery(looked_at)):
        for first in range(0, last + 1, AT_ONCE):
            some = Loan.objects.filter(pk__gte=first, pk__lt=first + AT_ONCE)
            some.alias(newest=newest).filter(newest__gt=F('last_word_at')).update(last_word_at=newest)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('documents', '0018_document_filed_at'),
        ('loans', '0016_fill_who_waits'),
    ]

    operations = [migrations.RunPython(count_papers, migrations.RunPython.noop, elidable=True)]

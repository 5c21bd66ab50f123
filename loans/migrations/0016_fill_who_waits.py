from django.db import migrations
from django.db.models import DateField, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce, Now

AT_ONCE = 1000


def in_slices(rows):
    """These rows by ranges of their ids, so that each write is short."""
    last = rows.aggregate(last=Max('pk'))['last'] or 0
    for first in range(0, last + 1, AT_ONCE):
        yield rows.filter(pk__gte=first, pk__lt=first + AT_ONCE)


def fill_lock_ends(apps, schema_editor):
    """The day the rate lock ends, which lists read from the loan's own row."""
    KeyDate, Loan = apps.get_model('loans', 'KeyDate'), apps.get_model('loans', 'Loan')
    locks = KeyDate.objects.filter(kind='rate_lock_ends')
    for some in in_slices(Loan.objects.filter(pk__in=locks.values('loan'), lock_ends_on=None)):
        own = locks.filter(loan=OuterRef('pk')).values('on')[:1]
        some.update(lock_ends_on=Subquery(own, output_field=DateField()))


def fill_last_words(apps, schema_editor):
    """What the borrowers last saw of ours is the last stage they read of; where there is none, silence begins now."""
    Loan, StageEvent = apps.get_model('loans', 'Loan'), apps.get_model('loans', 'StageEvent')
    told = StageEvent.objects.filter(loan=OuterRef('pk'), undone_at=None).order_by('-at')
    for some in in_slices(Loan.objects.filter(last_word_at=None)):
        some.update(last_word_at=Coalesce(Subquery(told.values('at')[:1]), Now()))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [('loans', '0015_who_waits')]

    operations = [
        migrations.RunPython(fill_lock_ends, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(fill_last_words, migrations.RunPython.noop, elidable=True),
    ]

from django.db import migrations
from django.db.models import F, Max, OuterRef, Subquery

AT_ONCE = 1000


def in_slices(rows):
    """These rows by ranges of their ids, so that each write is short."""
    last = rows.aggregate(last=Max('pk'))['last'] or 0
    for first in range(0, last + 1, AT_ONCE):
        yield rows.filter(pk__gte=first, pk__lt=first + AT_ONCE)


def answer_what_was_answered(apps, schema_editor):
    """
    Whatever came before a word of ours waits no longer. How long it took stays empty: nobody kept office hours then,
    and figures leave such messages out. Of an answered thread nothing waits, even where whoever answered is gone.
    """
    Message = apps.get_model('conversations', 'Message')
    ours = Message.objects.filter(conversation=OuterRef('conversation'), by__isnull=False, pk__gt=OuterRef('pk'))
    theirs = Message.objects.filter(by=None, answered_at=None, is_internal=False)
    for some in in_slices(theirs):
        some.update(answered_at=Subquery(ours.order_by('pk').values('at')[:1]))
    for some in in_slices(theirs.filter(conversation__status='answered')):
        some.update(answered_at=F('at'))


def say_since_when_they_wait(apps, schema_editor):
    """On the thread, and on its loan for lists."""
    Conversation, Message = apps.get_model('conversations', 'Conversation'), apps.get_model('conversations', 'Message')
    waiting = Message.objects.filter(conversation=OuterRef('pk'), by=None, answered_at=None, is_internal=False)
    for some in in_slices(Conversation.objects.filter(status='open', unanswered_since=None)):
        some.update(unanswered_since=Subquery(waiting.order_by('at').values('at')[:1]))
    Loan = apps.get_model('loans', 'Loan')
    own = Conversation.objects.filter(loan=OuterRef('pk')).values('unanswered_since')[:1]
    for some in in_slices(Loan.objects.filter(conversation__unanswered_since__isnull=False)):
        some.update(unanswered_since=Subquery(own))


def count_what_we_said(apps, schema_editor):
    """A message of ours is a word to the borrowers as well."""
    Loan, Message = apps.get_model('loans', 'Loan'), apps.get_model('conversations', 'Message')
    ours = Message.objects.filter(conversation__loan=OuterRef('pk'), by__isnull=False, is_internal=False)
    newest = Subquery(ours.order_by('-at').values('at')[:1])
    for some in in_slices(Loan.objects.filter(conversation__isnull=False)):
        some.alias(said_at=newest).filter(said_at__gt=F('last_word_at')).update(last_word_at=newest)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('conversations', '0006_clock_of_answers'),
        ('loans', '0016_fill_who_waits'),
    ]

    operations = [
        migrations.RunPython(answer_what_was_answered, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(say_since_when_they_wait, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(count_what_we_said, migrations.RunPython.noop, elidable=True),
    ]

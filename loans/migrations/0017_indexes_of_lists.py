import accounts.operations
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('loans', '0016_fill_who_waits'),
    ]

    operations = [
        accounts.operations.AddIndexOnline(
            model_name='loan',
            index=models.Index(condition=models.Q(models.Q(('stage', 'funded'), _negated=True), models.Q(('stage', 'withdrawn'), _negated=True), models.Q(('stage', 'denied'), _negated=True), models.Q(('stage', 'incomplete'), _negated=True)), fields=['officer', '-last_activity_at', '-id'], name='loan_open_officer'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='loan',
            index=models.Index(condition=models.Q(models.Q(('stage', 'funded'), _negated=True), models.Q(('stage', 'withdrawn'), _negated=True), models.Q(('stage', 'denied'), _negated=True), models.Q(('stage', 'incomplete'), _negated=True)), fields=['processor', '-last_activity_at', '-id'], name='loan_open_processor'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='loan',
            index=models.Index(condition=models.Q(models.Q(('stage', 'funded'), _negated=True), models.Q(('stage', 'withdrawn'), _negated=True), models.Q(('stage', 'denied'), _negated=True), models.Q(('stage', 'incomplete'), _negated=True)), fields=['-last_activity_at', '-id'], name='loan_open_activity'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='loan',
            index=models.Index(condition=models.Q(models.Q(('stage', 'funded'), _negated=True), models.Q(('stage', 'withdrawn'), _negated=True), models.Q(('stage', 'denied'), _negated=True), models.Q(('stage', 'incomplete'), _negated=True)), fields=['stage_since', 'id'], name='loan_open_stage_since'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='loan',
            index=models.Index(django.db.models.functions.comparison.Coalesce('last_word_at', 'created_at'), models.F('id'), condition=models.Q(models.Q(('stage', 'funded'), _negated=True), models.Q(('stage', 'withdrawn'), _negated=True), models.Q(('stage', 'denied'), _negated=True), models.Q(('stage', 'incomplete'), _negated=True)), name='loan_open_last_word'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='loan',
            index=models.Index(django.db.models.functions.comparison.Coalesce('waiting_since', 'stage_since'), models.F('id'), condition=models.Q(models.Q(('stage', 'funded'), _negated=True), models.Q(('stage', 'withdrawn'), _negated=True), models.Q(('stage', 'denied'), _negated=True), models.Q(('stage', 'incomplete'), _negated=True), ('waiting_on', 'borrower')), name='loan_open_owed'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='loan',
            index=models.Index(condition=models.Q(models.Q(('stage', 'funded'), _negated=True), models.Q(('stage', 'withdrawn'), _negated=True), models.Q(('stage', 'denied'), _negated=True), models.Q(('stage', 'incomplete'), _negated=True), ('expected_closing__isnull', False)), fields=['expected_closing', 'id'], name='loan_open_closing'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='loan',
            index=models.Index(condition=models.Q(('to_review__gt', 0)), fields=['to_review'], name='loan_to_review'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='loan',
            index=models.Index(condition=models.Q(('unanswered_since__isnull', False)), fields=['unanswered_since'], name='loan_unanswered'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='loan',
            index=models.Index(condition=models.Q(('lock_ends_on__isnull', False)), fields=['lock_ends_on'], name='loan_lock_ends'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='loan',
            index=models.Index(condition=models.Q(('unanswered_since__isnull', False), ('to_review__gt', 0), _connector='OR'), fields=['officer', 'unanswered_since', 'to_review'], name='loan_waits_officer'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='loan',
            index=models.Index(condition=models.Q(('unanswered_since__isnull', False), ('to_review__gt', 0), _connector='OR'), fields=['processor'], name='loan_waits_processor'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='loan',
            index=models.Index(condition=models.Q(models.Q(('stage', 'funded'), _negated=True), models.Q(('stage', 'withdrawn'), _negated=True), models.Q(('stage', 'denied'), _negated=True), models.Q(('stage', 'incomplete'), _negated=True), ('to_review__gt', 0)), fields=['-last_activity_at', '-id'], name='loan_open_review'),
        ),
        accounts.operations.AddIndexOnline(
            model_name='loan',
            index=models.Index(condition=models.Q(models.Q(('stage', 'funded'), _negated=True), models.Q(('stage', 'withdrawn'), _negated=True), models.Q(('stage', 'denied'), _negated=True), models.Q(('stage', 'incomplete'), _negated=True), ('unanswered_since__isnull', False)), fields=['-last_activity_at', '-id'], name='loan_open_unanswered'),
        ),
    ]

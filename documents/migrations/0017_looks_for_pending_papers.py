import secrets

from django.db import migrations


def ask_for_looks(apps, schema_editor):
    """Papers that wait for review get their page images too; what was reviewed is downloaded as before."""
    Document, Look = apps.get_model('documents', 'Document'), apps.get_model('documents', 'Look')
    waiting = Document.objects.filter(review='pending', disposed_at__isnull=True, is_original=False, look__isnull=True)
    Look.objects.bulk_create(
        (Look(document_id=pk, folder=f'previews/{secrets.token_hex(16)}') for pk in waiting.values_list('pk', flat=True)),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [('documents', '0016_multipart_names')]

    operations = [migrations.RunPython(ask_for_looks, migrations.RunPython.noop, elidable=True)]


import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0002_outbox_states'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeliveryEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=30)),
                ('event_id', models.CharField(blank=True, max_length=200)),
                ('kind', models.CharField(choices=[('accepted', 'Accepted by the provider'), ('deferred', 'Delayed'), ('delivered', 'Delivered'), ('bounced', 'Came back'), ('rejected', 'Refused by the provider'), ('complained', 'Marked as unwanted'), ('failed', 'Failed')], max_length=12)),
                ('at', models.DateTimeField()),
                ('address', models.CharField(blank=True, max_length=254)),
                ('detail', models.CharField(blank=True, max_length=500)),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'verbose_name': 'delivery event',
                'verbose_name_plural': 'delivery events',
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='deliveryevent',
            name='notification',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='delivery_events', to='notifications.notification'),
        ),
        migrations.AddConstraint(
            model_name='deliveryevent',
            constraint=models.UniqueConstraint(condition=models.Q(('event_id', ''), _negated=True), fields=('provider', 'event_id'), name='delivery_event_once'),
        ),
        migrations.AddConstraint(
            model_name='deliveryevent',
            constraint=models.UniqueConstraint(condition=models.Q(('event_id', '')), fields=('notification', 'kind', 'at'), name='delivery_event_once_unnamed'),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loans", "0010_usual_days")]

    operations = [
        migrations.AddField(
            model_name="partner",
            name="openings",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="How often the page was opened"
            ),
        ),
    ]

"""What the newest check found stands beside each obligation; the next check fills it in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("obligations", "0022_scores")]
    operations = [
        migrations.AddField(
            model_name="obligation",
            name="last_found",
            field=models.CharField(blank=True, default="", editable=False, max_length=60),
        )
    ]

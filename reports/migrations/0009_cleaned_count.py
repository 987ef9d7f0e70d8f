"""How many cells were cleaned in all, beside those that are listed."""

from django.db import migrations, models


def count(apps, schema_editor):
    """All are listed where there were any so far."""
    reports = apps.get_model("reports", "Report").objects.exclude(cleanings=[])
    for report in reports.only("cleanings").iterator():
        reports.filter(pk=report.pk).update(cleaned_count=len(report.cleanings))


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_counted_lines")]

    operations = [
        migrations.AddField(
            model_name="report",
            name="cleaned_count",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]

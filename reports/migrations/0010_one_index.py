"""The constraint's index begins with the snapshot: a second one was written for each line."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0009_cleaned_count")]

    operations = [
        migrations.AlterField(
            model_name="obligationline",
            name="snapshot",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="reports.snapshot",
            ),
        ),
    ]

"""Other forms of a report beside the workbook, and departments' excerpts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0004_plans"),
    ]

    operations = [
        migrations.AddField(
            model_name="report",
            name="form",
            field=models.CharField(
                choices=[
                    ("workbook", "workbook"),
                    ("bulletin", "bulletin"),
                    ("upward", "report to the superior body"),
                    ("department", "a department's workbook"),
                ],
                default="workbook",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="snapshot",
            name="excerpt_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="excerpts",
                to="reports.snapshot",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("form__in", ["workbook", "bulletin", "upward", "department"])),
                name="report_form_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                fields=("snapshot", "form"), name="report_form_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.UniqueConstraint(
                fields=("excerpt_of", "department"), name="snapshot_excerpt_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("excerpt_of", None), ("department__isnull", False), _connector="OR"
                ),
                name="snapshot_excerpt_is_of_a_department",
            ),
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0007_gaps"),
    ]

    operations = [
        migrations.CreateModel(
            name="CountedLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30)),
                ("obligation_id", models.BigIntegerField()),
                ("department_id", models.BigIntegerField()),
                ("subject_id", models.BigIntegerField(default=0)),
                ("subject", models.CharField(blank=True, max_length=900)),
                ("due_on", models.DateField(null=True)),
                ("done_on", models.DateField(null=True)),
                ("numerator", models.PositiveBigIntegerField()),
                ("denominator", models.PositiveBigIntegerField()),
                (
                    "snapshot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counted_lines",
                        to="reports.snapshot",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("snapshot", "code", "obligation_id", "subject_id"),
                        name="counted_line_once",
                    )
                ],
            },
        ),
    ]

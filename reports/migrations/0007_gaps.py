import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_endorsement_version"),
        ("obligations", "0024_last_found"),
        ("reports", "0006_fingerprints"),
    ]

    operations = [
        migrations.AddField(
            model_name="snapshot",
            name="is_internal",
            field=models.BooleanField(default=True),
        ),
        migrations.RemoveConstraint(
            model_name="reportplan",
            name="report_plan_once_in_force",
        ),
        migrations.AddField(
            model_name="reportplan",
            name="on_list",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="obligations.responsibilitylist",
            ),
        ),
        migrations.AddField(
            model_name="reportplan",
            name="batch",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reportplan",
            name="batch_kind",
            field=models.CharField(blank=True, default="", max_length=30),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reportplan",
            name="batch_level",
            field=models.CharField(blank=True, default="", max_length=10),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reportplan",
            name="scene",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="reportplan",
            constraint=models.UniqueConstraint(
                django.db.models.functions.comparison.Coalesce("region", 0),
                django.db.models.functions.comparison.Coalesce("department", 0),
                django.db.models.functions.comparison.Coalesce("on_list", 0),
                django.db.models.functions.comparison.Coalesce("batch", 0),
                models.F("batch_kind"),
                models.F("batch_level"),
                models.F("scene"),
                models.F("rhythm"),
                condition=models.Q(("ended_on", None)),
                name="report_plan_once_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("batch", None), ("scene", "")),
                    models.Q(("on_list", None), ("scene", "")),
                    models.Q(("batch", None), ("on_list", None)),
                    _connector="OR",
                ),
                name="report_plan_has_one_matter",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("batch", None), ("batch_kind", ""), ("batch_level", "")),
                    models.Q(
                        ("batch__isnull", False),
                        models.Q(("batch_kind", ""), _negated=True),
                        models.Q(("batch_level", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="report_plan_batch_is_whole",
            ),
        ),
        migrations.CreateModel(
            name="LateLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entry_id", models.BigIntegerField()),
                ("obligation_id", models.BigIntegerField(null=True)),
                ("department_id", models.BigIntegerField()),
                ("department_name", models.CharField(max_length=200)),
                ("title", models.CharField(blank=True, max_length=500)),
                ("list_title", models.CharField(blank=True, max_length=300)),
                ("act", models.CharField(max_length=100)),
                ("person", models.CharField(max_length=150)),
                ("effective_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "snapshot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="late_acts",
                        to="reports.snapshot",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("snapshot", "entry_id"), name="late_line_once"
                    )
                ],
            },
        ),
    ]

"""复开 has a reason of its own: until now it stood where the reason of a return stands."""

from django.db import migrations, models


def move_reasons(apps, schema_editor):
    Obligation = apps.get_model("obligations", "Obligation")
    Claim = apps.get_model("obligations", "Claim")
    reopened = Obligation.objects.filter(
        reopened_count__gt=0, status__in=["in_progress", "claimed", "endorsed"]
    ).exclude(return_reason="")
    for row in reopened.only("pk", "return_reason").iterator():
        decided = Claim.objects.filter(obligation=row, outcome__in=["verified", "returned"])
        last = decided.order_by("-pk").values_list("outcome", flat=True).first()
        if last == "verified":
            Obligation.objects.filter(pk=row.pk).update(
                reopen_reason=row.return_reason, return_reason=""
            )


def move_back(apps, schema_editor):
    Obligation = apps.get_model("obligations", "Obligation")
    reopened = Obligation.objects.filter(return_reason="").exclude(reopen_reason="")
    reopened.update(return_reason=models.F("reopen_reason"))


class Migration(migrations.Migration):
    dependencies = [
        ("obligations", "0018_light_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="obligation",
            name="reopen_reason",
            field=models.TextField(blank=True),
        ),
        migrations.RunPython(move_reasons, move_back),
    ]

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    item, department = (apps.get_model(*path) for path in (("obligations", "ListItem"), ("accounts", "Department")))
    names = department.objects.filter(pk=OuterRef("body_id")).values("name")[:1]
    item.objects.filter(body_text="", body__isnull=False).update(body_text=Subquery(names))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_groups"),
        ("obligations", "0003_editions"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

"""PostgreSQL: leave room on each page, so that a nightly light stays where its row is (HOT)."""

from django.db import migrations


def leave_room(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE obligations_obligation SET (fillfactor = 85)")


def fill_up(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE obligations_obligation RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("obligations", "0001_initial")]
    operations = [migrations.RunPython(leave_room, fill_up)]

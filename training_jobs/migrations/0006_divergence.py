import re
from typing import Any

from django.db import migrations, models

# How the engine has said it so far.
SAID = re.compile(r"It diverged in epoch (\d+(?:\.\d+)?)")


def read_reasons(apps: Any, schema_editor: Any) -> None:
    """Where the runs diverged that were recognised by the text of their reason until now."""
    runs = apps.get_model("training_jobs", "Run").objects
    failed = runs.filter(state="failed", reason__startswith="It diverged in epoch")
    for key, reason in failed.values_list("pk", "reason").iterator():
        if found := SAID.match(reason):
            runs.filter(pk=key).update(diverged_at=float(found[1]))


class Migration(migrations.Migration):
    dependencies = [
        ("training_jobs", "0005_queue_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="diverged_at",
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.RunPython(read_reasons, migrations.RunPython.noop),
    ]

from typing import Any

from django.db import migrations, models


def mark_attempts(apps: Any, _: Any) -> None:
    """Marks the attempts of today's staff: who was on the staff at their start is not known."""
    attempts = apps.get_model("quizzes", "Attempt").objects
    attempts.filter(learner__user__is_staff=True).update(by_staff=True)


class Migration(migrations.Migration):

    dependencies = [("quizzes", "0008_longest_limit")]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="by_staff",
            field=models.BooleanField(
                default=False, editable=False, verbose_name="tried out by staff"
            ),
        ),
        migrations.RunPython(mark_attempts, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="attempt", name="attempt_scores"),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                fields=["quiz", "state", "by_staff", "number", "id", "score"],
                name="counted_attempt_scores",
            ),
        ),
    ]

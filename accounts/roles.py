"""The teacher's role: staff who author the course, and administer nothing."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import Group, Permission

TEACHERS = "teacher"


def _granted() -> Iterator[tuple[str, str]]:
    for app, models in settings.TEACHER_PERMISSIONS.items():
        for model, actions in models.items():
            for action in actions:
                yield app, f"{action}_{model}"


def sync_teacher_role() -> Group:
    """Gives the teachers' group exactly the permissions of settings.TEACHER_PERMISSIONS."""
    group, _ = Group.objects.get_or_create(name=TEACHERS)
    group.permissions.set(
        Permission.objects.get(content_type__app_label=app, codename=codename)
        for app, codename in _granted()
    )
    return group

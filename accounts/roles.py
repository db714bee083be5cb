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
    granted = set(_granted())
    found = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in Permission.objects.select_related("content_type").filter(
            content_type__app_label__in=settings.TEACHER_PERMISSIONS,
            codename__in={codename for _, codename in granted},
        )
    }
    if unknown := sorted(granted - found.keys()):
        raise Permission.DoesNotExist(f"settings.TEACHER_PERMISSIONS names {unknown}.")
    group, _ = Group.objects.get_or_create(name=TEACHERS)
    group.permissions.set(found[one] for one in granted)
    return group

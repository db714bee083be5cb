from django.db import migrations, models

from accounts.usernames import skeleton


def fill(apps, schema_editor):
    """The oldest of several accounts that look alike has the skeleton; the others have none."""
    people = apps.get_model("accounts", "User").objects
    taken = set()
    for user in people.order_by("pk").only("pk", "username").iterator():
        bones = skeleton(user.username)
        if bones not in taken:
            taken.add(bones)
            people.filter(pk=user.pk).update(skeleton=bones)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_one_name'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='skeleton',
            field=models.CharField(blank=True, default=None, editable=False, max_length=450, null=True, unique=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

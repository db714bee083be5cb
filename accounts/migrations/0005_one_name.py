from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Concat, Trim

import accounts.names


def keep_names(apps, schema_editor):
    people = apps.get_model("accounts", "User").objects
    both = Trim(Concat(F("first_name"), Value(" "), F("last_name")))
    for user in people.annotate(both=both).exclude(both="").iterator():
        people.filter(pk=user.pk).update(name=user.both[:150])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_sessions_know_whose'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='name',
            field=models.CharField(blank=True, max_length=150, validators=[accounts.names.check_name]),
        ),
        migrations.RunPython(keep_names, migrations.RunPython.noop),
        migrations.RemoveField(model_name='user', name='first_name'),
        migrations.RemoveField(model_name='user', name='last_name'),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('qy_registry', '0001_changes_and_drafts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='change',
            name='row',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='registry_changes', to='qy_office.outbox'),
        ),
    ]

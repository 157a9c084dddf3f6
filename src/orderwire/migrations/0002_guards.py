from django.db import migrations

from orderwire.records.guards import XID, install


class Migration(migrations.Migration):
    dependencies = [("orderwire", "0001_initial")]
    operations = [
        migrations.RunSQL(XID, "alter table ow_event drop column xid"),
        migrations.RunSQL(install(without=("ow_cancellation",)), migrations.RunSQL.noop),
    ]

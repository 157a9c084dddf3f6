"""Whether somebody still waits for what a reminder says, in one piece of SQL for who sends and who tidies up."""

from django.db import connection

NOTICE_WANTED = """n.stopped_at is null and exists (
    select 1 from ow_order w join ow_revision v on v.id = n.revision_id
    where w.id = n.order_id and case
      when n.cancellation_id is null
        then w.state = 'approved' and w.revision = v.number and w.answer_state in ('waiting', 'overdue', 'received')
      else w.state = 'cancelling' and exists (
        select 1 from ow_cancellation x where x.id = n.cancellation_id and x.state in ('asked', 'overdue')) end)"""
"""Of a notice `n`. A word that the order was received is no answer yet."""

STILL = f"select n.id from ow_notice n where n.delivery_id = %s and {NOTICE_WANTED} order by n.id"


def still(delivery_id: int) -> list[int]:
    """The notices of a letter that somebody still waits for."""
    with connection.cursor() as cursor:
        cursor.execute(STILL, [delivery_id])
        return [row[0] for row in cursor.fetchall()]

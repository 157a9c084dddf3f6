"""What may leave now, as SQL over a delivery `d`, its order `o` and its version `r`: asked when shards are
sought, a delivery is claimed, right before its first byte, when a try has ended, and when a person sends it again."""

from orderwire.flow.remind.wanted import NOTICE_WANTED

WANTED = f"""case d.kind
  when 'order' then coalesce(o.state = 'approved', true) and not (d.says ? 'unneeded')
  when 'cancellation' then exists (
    select 1 from ow_cancellation x, ow_leg w, ow_partner p
    where x.id = (d.says->>'cancellation')::bigint and w.id = d.leg_id and p.id = w.recipient_id
      and case when p.role = 'supplier' then o.state = 'cancelling' and x.state in ('asked', 'overdue')
               else o.state in ('cancelling', 'cancelled') and x.state not in ('refused', 'withdrawn') end)
  when 'notice' then exists (select 1 from ow_notice n where n.delivery_id = d.id and {NOTICE_WANTED})
  else true end"""
"""An order leaves while it is approved and no earlier sending of it turned out to have arrived, a cancellation while
the supplier has not answered it (to colleagues also after that), a notice while somebody waits."""

NOT_REPLACED = "(d.kind <> 'order' or o.revision = r.number or o.id is null)"
"""The version that a delivery carries is the newest."""

OVER = f"""case d.kind
  when 'order' then o.state in ('cancelling', 'cancelled', 'closed') or d.says ? 'unneeded'
  when 'functional_ack' then false
  else not ({WANTED}) end"""
"""Nothing will ever make it leave again by itself."""

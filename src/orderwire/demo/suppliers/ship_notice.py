"""An 856 as a supplier's warehouse writes it: one shipment, one order, its lines, all in one interchange.

ASC X12 856, release 004010: BSN, then HL loops S (shipment), O (order) and I (items).
"""

import datetime
from collections.abc import Sequence


def ship_notice(
    order_number: str,
    lines: Sequence[tuple[str, int]],
    *,
    sender: str,
    receiver: str,
    control: int,
    now: datetime.datetime,
) -> bytes:
    """The interchange. `lines` are line numbers with the pieces that are on their way."""
    day, days = f"{now:%Y%m%d}", f"{now + datetime.timedelta(days=9):%Y%m%d}"
    rows = [
        f"BSN*00*SN-{control:06d}*{day}*{now:%H%M}", "HL*1**S", "TD5*B*2*MAEU*M*Maersk", f"DTM*011*{day}",
        f"DTM*017*{days}", "HL*2*1*O", f"PRF*{order_number}",
    ]  # fmt: skip
    for number, (line, pieces) in enumerate(lines, 3):
        rows += [f"HL*{number}*2*I", f"LIN*{line}", f"SN1**{pieces}*EA"]
    rows.append(f"CTT*{len(lines) + 2}")
    written = [
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{sender:15}*ZZ*{receiver:15}*{now:%y%m%d}*{now:%H%M}*U*00401*{control:09d}*0*P*>",
        f"GS*SH*{sender}*{receiver}*{day}*{now:%H%M}*{control}*X*004010",
        "ST*856*0001", *rows, f"SE*{len(rows) + 2}*0001", f"GE*1*{control}", f"IEA*1*{control:09d}",
    ]  # fmt: skip
    return "".join(f"{segment}~" for segment in written).encode()

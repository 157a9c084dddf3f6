"""The orders of the story, as the buying company writes them. Dates count from the day on which the demo is started."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from orderwire.demo.company import BUYER, PLANT, SUPPLIERS
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.terms import AllowanceCharge, Incoterm, Note, TermsPart

Item = tuple[str, str, str, str, tuple[tuple[int, int], ...]]
"""Description, unit, price, the supplier's part number, and (quantity, days from today) of each schedule line."""


def order(number: str, to: str, currency: str, items: Sequence[Item], **more: Any) -> Order:
    """One order of Nordhaven to the supplier of this key."""
    today = datetime.date.today()
    return Order(
        number=number,
        issued=today,
        currency=currency,
        buyer=BUYER,
        supplier=SUPPLIERS[to].party(),
        ship_to=PLANT,
        payment_terms=more.pop("terms", (TermsPart(days=30),)),
        lines=tuple(_line(10 * n, item, today) for n, item in enumerate(items, 1)),
        **more,
    )


def _line(number: int, item: Item, today: datetime.date) -> Line:
    description, unit, price, part, dates = item
    return Line(
        number=str(number),
        description=description,
        quantity=Decimal(sum(quantity for quantity, _ in dates)),
        unit=unit,
        price=Decimal(price),
        buyer_part=f"207-{part[-4:]}",
        supplier_part=part,
        schedules=tuple(
            Schedule(quantity=Decimal(quantity), requested=working_day(today, days)) for quantity, days in dates
        ),
    )


def working_day(today: datetime.date, days: int) -> datetime.date:
    """That many days on, moved to Monday where it is a weekend."""
    day = today + datetime.timedelta(days=days)
    return day + datetime.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


DISCOUNT = (TermsPart(days=60, discount_percent=Decimal(2), discount_days=14),)

BEARINGS: tuple[Item, ...] = (
    ("Deep groove ball bearing 6208-2Z/C3", "C62", "9.84", "104-2208", ((600, 21),)),
    ("Angular contact bearing, paired 7310 BECBP", "C62", "61.35", "104-7310", ((200, 21),)),
    ("Spherical roller bearing 22215 E", "C62", "112.90", "104-2215", ((80, 21),)),
    ("Cylindrical roller bearing NU 2216 ECP", "C62", "98.25", "104-8216", ((96, 35),)),
    ("Shaft lock nut KM 15", "C62", "6.42", "118-0015", ((150, 21),)),
    ("Bearing grease LGMT 3, 18 kg can", "C62", "187.50", "131-0318", ((12, 21),)),
)
MORE_BEARINGS: tuple[Item, ...] = (
    BEARINGS[0],
    ("Angular contact bearing, paired 7310 BECBP", "C62", "61.35", "104-7310", ((240, 21),)),
    BEARINGS[2],
    ("Cylindrical roller bearing NU 2216 ECP", "C62", "98.25", "104-8216", ((96, 21),)),
    *BEARINGS[4:],
)
SEALS: tuple[Item, ...] = (
    ("Mechanical seal MG1/28-G60", "C62", "61.20", "TS-102828", ((100, 21),)),
    ("Mechanical seal MG1/38-G60", "C62", "84.50", "TS-102838", ((120, 21),)),
    ("Mechanical seal M7N/55-00", "C62", "118.00", "TS-107055", ((60, 21),)),
    ("Lip seal BAUX 60×80×10, FKM", "C62", "4.35", "TS-300060", ((300, 21),)),
    ("Lip seal BAUX 75×95×12, FKM", "C62", "5.10", "TS-300075", ((200, 21),)),
    ("O-ring set FKM 80", "SET", "0.62", "TS-400080", ((4000, 21),)),
    ("Shaft sleeve 1.4404", "C62", "39.90", "TS-510404", ((40, 21),)),
    ("Shaft sleeve 1.4571", "C62", "46.20", "TS-510571", ((75, 21),)),
    ("Gasket sheet Novapress 850, 2 mm", "C62", "31.40", "TS-620850", ((12, 21),)),
)
VALVES: tuple[Item, ...] = tuple(
    (f"Πεταλούδα DN {size}, PN 16, {body}", "C62", price, f"VA-{size:04d}", dates)
    for size, body, price, dates in (
        (50, "GGG40", "48.70", ((24, 20), (24, 41))),
        (65, "GGG40", "56.10", ((40, 20),)),
        (80, "GGG40", "63.90", ((30, 20), (30, 41), (30, 62))),
        (100, "GGG40", "79.40", ((36, 20),)),
        (125, "GGG40", "101.00", ((18, 20), (18, 41))),
        (150, "GGG40", "124.60", ((20, 27),)),
        (200, "CF8M", "318.00", ((8, 27), (8, 55))),
        (250, "CF8M", "447.50", ((6, 27),)),
        (300, "CF8M", "612.00", ((4, 34), (4, 62))),
        (350, "CF8M", "889.00", ((2, 34),)),
    )
)

ACME_REPEAT = order("4500071846", "acme", "USD", BEARINGS[:2], terms=DISCOUNT)
ACME_CHANGED = order("4500071884", "acme", "USD", BEARINGS, terms=DISCOUNT)
ACME_CHANGED_2 = order("4500071884", "acme", "USD", MORE_BEARINGS, terms=DISCOUNT, revision=2)
ACME_LATER = order("4500071860", "acme", "USD", BEARINGS[2:4])
TECNOSELLOS = order(
    "4500071791", "tecnosellos", "EUR", SEALS, terms=DISCOUNT, incoterm=Incoterm(code="DAP", place="Bremen", year=2020),
    allowances_charges=(AllowanceCharge(kind="charge", amount=Decimal(180), code="FC", reason="Freight"),),
    notes=(Note(text="Please send the material certificates 3.1 with the goods."),),
)  # fmt: skip
TECNOSELLOS_CSV = order("4500071919", "tecnosellos", "EUR", SEALS[6:8])
NINGBO_LATE = order(
    "4500071655", "ningbo", "CNY",
    (("机械密封 HC-104/45", "C62", "312.00", "HC-1040045", ((400, 12),)),
     ("机械密封 HC-104/60", "C62", "448.00", "HC-1040060", ((200, 12),))),
)  # fmt: skip
NINGBO = order(
    "4500071812", "ningbo", "CNY",
    (("骨架油封 60×80×10 氟橡胶", "C62", "28.60", "HC-2060080", ((1200, 37),)),
     ("骨架油封 75×95×12 氟橡胶", "C62", "33.10", "HC-2075095", ((800, 37), (800, 58)))),
)  # fmt: skip
ALNOOR = order(
    "4500071702", "alnoor", "AED",
    (("صمام كروي فولاذ مقاوم للصدأ 2 بوصة", "C62", "418.50", "AN-5002", ((50, 19),)),
     ("حشية جرافيت DN 80", "C62", "16.45", "AN-7080", ((480, 19),))),
)  # fmt: skip
BHARAT = order(
    "4500071877", "bharat", "INR",
    (("Impeller casting DN 150, bronze", "C62", "7480.00", "BPC-1150", ((140, 54),)),
     ("Volute casing casting DN 150", "C62", "17960.00", "BPC-2150", ((50, 54),))),
)  # fmt: skip
RHEINTAL = order(
    "4500071902", "rheintal", "EUR",
    (("Spiralgehäuse Guss EN-GJS-400, DN 200", "C62", "1840.00", "RG-4200", ((48, 30),)),
     ("Lagerträger EN-GJL-250", "C62", "312.50", "RG-2500", ((96, 30),))),
    terms=DISCOUNT,
)  # fmt: skip
CARPENTER = order(
    "4500071917", "carpenter", "USD",
    (("Round bar 1.4021+QT, 80 mm", "KGM", "5.34", "CV-4021080", ((12400, 30),)),
     ("Round bar 1.4021+QT, 60 mm", "KGM", "5.28", "CV-4021060", ((5800, 30),))),
)  # fmt: skip
CARPENTER_HELD = order(
    "4500071829", "carpenter", "USD",
    (("Plate S355J2+N, 20 mm", "KGM", "1.62", "CV-3550020", ((33413, 28),)),),
)  # fmt: skip
MARCHAND = order(
    "4500071733", "marchand", "EUR",
    (("Arbre de pompe Ø 45, 1.4462", "C62", "268.00", "MU-0045", ((30, 10),)),
     ("Bague d'usure Ø 180", "C62", "74.50", "MU-0180", ((60, 10),)),
     ("Chemise d'arbre Ø 50", "C62", "32.00", "MU-0050", ((49, 10),))),
)  # fmt: skip
MARCHAND_REFUSED = order(
    "4500071922", "marchand", "EUR", (("Outillage spécial pour arbre Ø 45", "C62", "8900.00", "MU-9001", ((1, 40),)),)
)
OLAWSKA = order(
    "4500071908", "olawska", "PLN",
    (("Korpus pompy żeliwny DN 100", "C62", "1490.00", "OO-0100", ((90, 18),)),
     ("Pokrywa łożyska", "C62", "212.00", "OO-0201", ((250, 18),))),
)  # fmt: skip
OLAWSKA_2 = order(
    "4500071908", "olawska", "PLN",
    (("Korpus pompy żeliwny DN 100", "C62", "1490.00", "OO-0100", ((60, 18), (30, 39))),
     ("Pokrywa łożyska", "C62", "212.00", "OO-0201", ((250, 18),))),
    revision=2,
)  # fmt: skip
TANAKA = order(
    "4500071640", "tanaka", "JPY",
    (("Precision spindle TS-45, ground", "C62", "61200", "TSK-45", ((40, 16),)),
     ("Precision sleeve TS-45", "C62", "18400", "TSK-46", ((40, 16),))),
)  # fmt: skip
LINDQVIST = order(
    "4500071911", "lindqvist", "SEK",
    (("Motor IE4 11 kW, 160M, B5", "C62", "9870.00", "LE-160110", ((30, 22),)),
     ("Motor IE4 22 kW, 180L, B5", "C62", "15900.00", "LE-180220", ((12, 22),))),
)  # fmt: skip
FASTENER = order(
    "4500071848", "fastener", "GBP",
    (("Hex bolt M16×60 A4-80", "C62", "0.41", "FH-16060", ((5000, 11),)),
     ("Hex nut M16 A4-80", "C62", "0.17", "FH-16001", ((5000, 11),)),
     ("Washer 17×30×3 A4", "C62", "0.05", "FH-17030", ((10000, 11),))),
)  # fmt: skip
FASTENER_XLSX = order(
    "4500071921", "fastener", "GBP",
    (("Stud bolt M20×110 A4-80", "C62", "1.86", "FH-20110", ((2400, 25),)),),
)  # fmt: skip
FASTENER_SHORT = order(
    "4500071938", "fastener", "GBP",
    (("Hex bolt M20×80 A4-80", "C62", "0.92", "FH-20080", ((1800, 25),)),
     ("Tie rod M24×1200 A4-80", "C62", "31.60", "FH-24120", ((48, 25),))),
)  # fmt: skip
AIGAIO = order("4500071925", "aigaio", "EUR", VALVES)
VANDENBERG = order(
    "4500071934", "vandenberg", "EUR",
    (("Schuifafsluiter DN 100, PN 16", "C62", "214.00", "VB-0100", ((24, 18), (24, 39))),
     ("Terugslagklep DN 80, PN 16", "C62", "96.50", "VB-0080", ((60, 18),))),
)  # fmt: skip
OSTBY = order(
    "4500071936", "ostby", "EUR",
    (("Pumpeaksel 1.4462, Ø 60", "C62", "362.00", "OS-6062", ((18, 28),)),
     ("Koblingsnav, Ø 60", "C62", "111.50", "OS-6065", ((18, 28),))),
)  # fmt: skip
OSTBY_2 = order(
    "4500071936", "ostby", "EUR",
    (("Pumpeaksel 1.4462, Ø 60", "C62", "362.00", "OS-6062", ((24, 28),)),
     ("Koblingsnav, Ø 60", "C62", "111.50", "OS-6065", ((18, 35),))),
    revision=2,
)  # fmt: skip
KRUEGER = order(
    "4500071930", "krueger", "EUR",
    (("Fachbodenregal 2000×1000×500", "C62", "148.00", "KL-2000", ((16, 20),)),),
)  # fmt: skip

"""Nordhaven Pumpen of Bremen: its people, its approval policy and its suppliers, as an installation would hold them."""

from dataclasses import dataclass
from typing import Any, Literal

from orderwire.document.party import Address, Contact, Identifier, Party

BUYER = Party(
    name="Nordhaven Pumpen GmbH",
    identifiers=(Identifier(scheme="gln", value="4012345000009"), Identifier(scheme="vat", value="DE136695976")),
    address=Address(lines=("Überseestraße 114",), city="Bremen", postal_code="28217", country="DE"),
    contact=Contact(name="Ines Albrecht", phone="+49 421 5550 142", email="ines.albrecht@nordhaven.example"),
)
PLANT = Party(
    name="Nordhaven Pumpen GmbH, Plant 2",
    identifiers=(Identifier(scheme="gln", value="4012345000016"),),
    address=Address(lines=("Überseestraße 114, gate 3",), city="Bremen", postal_code="28217", country="DE"),
)

PEOPLE = {
    "ines": ("Ines", "Albrecht", "ines.albrecht@nordhaven.example", ("buyers", "purchasing-leads")),
    "jens": ("Jens", "Petersen", "jens.petersen@nordhaven.example", ("buyers", "purchasing-leads")),
}
"""Whom the sign-in link signs in (ines) and her colleague: first and last name, address, groups."""

TRUSTED = (
    "trusted_sources:\n  - {source: 'folder:erp', up_to: EUR 250000}\n  - {source: 'api:erp', up_to: EUR 250000}\n"
)
RATES = (
    "rates:\n  base: EUR\n  per_unit: {USD: 0.86, GBP: 1.14, CNY: 0.12, JPY: 0.0056, INR: 0.0097, AED: 0.234,"
    " SEK: 0.091, PLN: 0.236}\n"
)


def policy(shipped: str) -> str:
    """The shipped policy, trusting the buying system, with rates for the currencies of the story."""
    return shipped.replace("trusted_sources: []\n", TRUSTED + RATES)


@dataclass(frozen=True)
class Supplier:
    """One supplier. `number` is Nordhaven's own for it, `to` the address of its order desk, `second` another contact:
    name and address."""

    number: str
    name: str
    city: str
    country: str
    language: str
    time_zone: str
    contact: str
    to: str
    way: Literal["email", "edi", "portal", "drive"] = "email"
    format: str = "pdf"
    also: tuple[str, ...] = ()
    street: str = ""
    second: tuple[str, str] = ("", "")

    def party(self) -> Party:
        """The supplier as an order names it."""
        return Party(
            name=self.name,
            identifiers=(Identifier(scheme="buyer", value=self.number),),
            address=Address(lines=(self.street,) if self.street else (), city=self.city, country=self.country),
            contact=Contact(name=self.contact, email=self.to),
        )


SUPPLIERS = {
    "acme": Supplier(
        "104220", "Acme Bearings Inc.", "Chicago", "US", "en", "America/Chicago", "R. Delgado",
        "orders@acmebearings.example", way="edi", format="x12", street="2200 W Fulton Market",
    ),
    "carpenter": Supplier(
        "104871", "Carpenter & Voss Steel Co.", "Cleveland", "US", "en", "America/New_York", "Lou Voss",
        "orders@carpentervoss.example", way="edi", format="x12", street="1405 East 9th Street",
    ),
    "vandenberg": Supplier(
        "102618", "Van den Berg Afsluiters B.V.", "Rotterdam", "NL", "nl", "Europe/Amsterdam", "Sanne de Wit",
        "orders@vandenberg-afsluiters.example", way="edi", format="edifact", street="Waalhaven Zuidzijde 18",
    ),
    "ostby": Supplier(
        "102944", "Østby Industri AS", "Stavanger", "NO", "en", "Europe/Oslo", "Ingrid Østby",
        "ordre@ostby-industri.example", way="edi", format="ubl", street="Hillevågsveien 100",
    ),
    "tecnosellos": Supplier(
        "102800", "Tecnosellos Ibérica S.L.", "Zaragoza", "ES", "es", "Europe/Madrid", "Marta Gil",
        "orders@tecnosellos.example", also=("order_json",), street="Calle Albert Einstein 12",
    ),
    "ningbo": Supplier(
        "103355", "Ningbo Haichuan Seals 宁波海川密封件", "宁波", "CN", "zh", "Asia/Shanghai", "陈海燕",
        "chen@haichuan-seals.example", street="北仑区港湾路 88 号", second=("王建国", "wang@haichuan-seals.example"),
    ),
    "alnoor": Supplier(
        "103702", "Al Noor Industrial L.L.C.", "دبي", "AE", "ar", "Asia/Dubai", "سالم الحداد",
        "sales@alnoor-industrial.example", street="القوز الصناعية 3",
    ),
    "bharat": Supplier(
        "103877", "Bharat Precision Castings Pvt. Ltd.", "Rajkot", "IN", "en", "Asia/Kolkata", "Priya Shah",
        "despatch@bharatcastings.example", street="GIDC Lodhika, Plot 417",
    ),
    "rheintal": Supplier(
        "101902", "Rheintal Guss GmbH", "Feldkirch", "AT", "de", "Europe/Vienna", "Karin Nigg",
        "bestellung@rheintalguss.example", street="Gießereistraße 7",
    ),
    "marchand": Supplier(
        "102733", "Marchand Usinage SAS", "Saint-Étienne", "FR", "fr", "Europe/Paris", "Luc Marchand",
        "commandes@marchand-usinage.example", street="18 rue des Aciéries",
    ),
    "olawska": Supplier(
        "102908", "Oławska Odlewnia Sp. z o.o.", "Oława", "PL", "pl", "Europe/Warsaw", "Agnieszka Wójcik",
        "zamowienia@olawskaodlewnia.example", way="drive", format="csv", street="ul. Portowa 4",
    ),
    "tanaka": Supplier(
        "103640", "Tanaka Seimitsu K.K.", "Osaka", "JP", "en", "Asia/Tokyo", "Kenji Mori",
        "mori@tanaka-seimitsu.example", way="portal", street="3-9-2 Nipponbashi",
    ),
    "lindqvist": Supplier(
        "102911", "Lindqvist Elmotor AB", "Västerås", "SE", "en", "Europe/Stockholm", "Eva Lindqvist",
        "order@lindqvist-elmotor.example", street="Metallverksgatan 21",
    ),
    "fastener": Supplier(
        "102848", "Fastener House Ltd.", "Sheffield", "GB", "en", "Europe/London", "Dana Whitfield",
        "orders@fastenerhouse.example", street="44 Carlisle Street East",
    ),
    "aigaio": Supplier(
        "102455", "Βαλβίδες Αιγαίου Α.Ε.", "Πειραιάς", "GR", "el", "Europe/Athens", "Ελένη Παπαδάκη",
        "paraggelies@valvides-aigaiou.example", also=("xlsx",), street="Ακτή Κονδύλη 30",
    ),
    "krueger": Supplier(
        "109001", "Krüger Lagertechnik KG", "Stade", "DE", "de", "Europe/Berlin", "Olaf Krüger",
        "info@krueger-lager.example", street="Hansestraße 2",
    ),
}  # fmt: skip
"""The last one is named on an order and was never added here: its order waits for somebody who does."""

UNKNOWN = {"krueger"}
ON_EDI = tuple(key for key, supplier in SUPPLIERS.items() if supplier.way == "edi")
PORTAL_USER = "mori"
"""Tanaka's person in the portal."""


def mail_settings(port: int, to: str) -> dict[str, Any]:
    """An e-mail endpoint that goes to the catching server of the demo."""
    return {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "from_address": "einkauf@nordhaven.example",
        "from_name": "Nordhaven Pumpen",
        "reply_to": "ines.albrecht@nordhaven.example",
        "recipients": [to],
    }


TROUBLE = (
    {"at": "rcpt", "do": "552 5.2.2 Mailbox full, try again later", "match": "rheintalguss", "times": 1},
    {"at": "taken", "do": "cut", "match": "bharatcastings", "times": 1},
)
"""What goes wrong at the mail server, once each: a full mailbox, and a line that is cut after the last byte."""


HOUSE_ID = "NORDHAVEN"
_IDS = {"x12": ("isa_sender", "isa_receiver"), "edifact": ("sender", "receiver")}
_MORE: dict[str, dict[str, Any]] = {"edifact": {"acknowledge": True}}
"""In EDIFACT a CONTRL must be asked for."""


def wire(key: str, *, theirs: bool = False) -> dict[str, Any]:
    """The interchange ids between Nordhaven and a supplier as a profile of the format they speak, seen from our side or
    from theirs."""
    format = SUPPLIERS[key].format
    ids = (key.upper(), HOUSE_ID) if theirs else (HOUSE_ID, key.upper())
    own = {} if theirs else _MORE.get(format, {})
    return dict(zip(_IDS.get(format, ()), ids, strict=False)) | own

"""Codes of Order-X that the product uses, in our own words. Numbers in comments are those of the UNTDID lists."""

from collections.abc import Mapping
from typing import Final

from orderwire.document.order_change import LineAction
from orderwire.document.response import HeaderStatus, LineStatus


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# 1001: what the document is. The standard writes 220, 230 and 231; the others are read.
ORDER, CHANGE, RESPONSE = "220", "230", "231"
TYPE_WORDS: Final[Mapping[str, str]] = {
    ORDER: "order", CHANGE: "order change", RESPONSE: "answer to an order", "221": "blanket order",
    "226": "call-off order", "105": "purchase order", "380": "invoice", "381": "credit note",
    "384": "corrected invoice",
    "389": "self-billed invoice", "326": "partial invoice", "130": "reference of the kind named", "50": "tender",
    "916": "related document",
}  # fmt: skip
ORDER_TYPES: Final[Mapping[str, str]] = {
    ORDER: "standard", "105": "standard", "221": "blanket", "226": "release", "224": "standard", "227": "standard",
}  # fmt: skip

NAMES: Final[Mapping[str, str]] = {
    "standard": "Purchase order", "blanket": "Blanket order", "release": "Release order",
}  # fmt: skip
CHANGE_NAMES: Final[Mapping[str, str]] = {
    "standard": "Order change", "blanket": "Blanket order change", "release": "Release order change",
}  # fmt: skip
KINDS: Final[Mapping[str, str]] = {name: kind for names in (NAMES, CHANGE_NAMES) for kind, name in names.items()}
"""ExchangedDocument/Name: tells kinds of order apart, which the one type code 220 does not."""
ANSWER_NAMES: Final[Mapping[str, str]] = {
    "order": "Order response", "change": "Order change response", "cancellation": "Order cancellation response",
}  # fmt: skip
ANSWERED: Final[Mapping[str, str]] = {name: answers for answers, name in ANSWER_NAMES.items()}

# 1225: purpose of the message.
PURPOSE_WORDS: Final[Mapping[str, str]] = {
    "1": "cancellation", "4": "change, only the lines that differ", "5": "replacement, the whole order again",
    "6": "confirmation, only the lines that differ",
    "7": "duplicate", "9": "original", "11": "response, not decided yet", "27": "not accepted",
    "28": "accepted with changes in the header", "29": "accepted as it is", "30": "accepted with changes in lines",
    "34": "accepted with changes", "35": "sent again", "44": "accepted without reserves",
    "45": "accepted with reserves",
}  # fmt: skip
FORMS: Final[Mapping[str, str]] = {"4": "delta", "5": "full", "6": "delta"}
FORM_CODES: Final[Mapping[str, str]] = {"delta": "4", "full": "5"}
CONFIRMATION: Final = "6"
CANCELLATION: Final = "1"
ANSWERS: Final[Mapping[str, HeaderStatus]] = {
    "29": HeaderStatus.ACCEPTED, "44": HeaderStatus.ACCEPTED, "4": HeaderStatus.ACCEPTED_WITH_CHANGES,
    "5": HeaderStatus.ACCEPTED_WITH_CHANGES, "28": HeaderStatus.ACCEPTED_WITH_CHANGES,
    "30": HeaderStatus.ACCEPTED_WITH_CHANGES, "34": HeaderStatus.ACCEPTED_WITH_CHANGES,
    "45": HeaderStatus.ACCEPTED_WITH_CHANGES, "27": HeaderStatus.REJECTED, "11": HeaderStatus.RECEIVED,
    "12": HeaderStatus.RECEIVED,
}  # fmt: skip
ANSWER_CODES: Final[Mapping[HeaderStatus, str]] = {
    HeaderStatus.ACCEPTED: "29", HeaderStatus.ACCEPTED_WITH_CHANGES: "4", HeaderStatus.REJECTED: "27",
    HeaderStatus.RECEIVED: "11",
}  # fmt: skip

# 1373: status of the document, which answers may carry beside or instead of a purpose.
STATUSES: Final[Mapping[str, HeaderStatus]] = {
    "1": HeaderStatus.ACCEPTED, "3": HeaderStatus.ACCEPTED_WITH_CHANGES, "8": HeaderStatus.REJECTED,
    "43": HeaderStatus.RECEIVED, "44": HeaderStatus.ACCEPTED,
}  # fmt: skip
STATUS_WORDS: Final[Mapping[str, str]] = {
    "1": "accepted", "3": "conditionally accepted", "8": "rejected", "43": "received", "44": "accepted with warnings",
}  # fmt: skip

# 1229: what becomes of a line, by the buyer's word and by the supplier's.
LINE_WORDS: Final[Mapping[str, str]] = {
    "1": "added", "2": "deleted", "3": "changed", "4": "no action", "5": "accepted as it is",
    "6": "accepted with changes", "7": "not accepted", "10": "not found", "11": "not changed",
    "23": "change proposed", "24": "accepted with changes that need no confirmation", "37": "discontinued",
    "38": "replaced", "42": "already delivered", "52": "pending", "74": "opened again", "117": "on hold",
}  # fmt: skip
ACTIONS: Final[Mapping[str, LineAction]] = {
    "1": LineAction.ADDED, "2": LineAction.DELETED, "3": LineAction.CHANGED, "4": LineAction.UNCHANGED,
    "11": LineAction.UNCHANGED, "74": LineAction.CHANGED,
}  # fmt: skip
ACTION_CODES: Final[Mapping[LineAction, str]] = {
    LineAction.ADDED: "1", LineAction.DELETED: "2", LineAction.CHANGED: "3", LineAction.UNCHANGED: "4",
}  # fmt: skip
_L = LineStatus
LINE_ANSWERS: Final[Mapping[str, LineStatus]] = {
    "1": _L.ADDED, "2": _L.REJECTED, "3": _L.CHANGED, "4": _L.ACCEPTED, "5": _L.ACCEPTED, "6": _L.CHANGED,
    "7": _L.REJECTED, "10": _L.REJECTED, "11": _L.ACCEPTED, "21": _L.REJECTED, "23": _L.CHANGED, "24": _L.CHANGED,
    "37": _L.REJECTED, "38": _L.SUBSTITUTED, "42": _L.ACCEPTED, "52": _L.PENDING, "117": _L.PENDING,
}  # fmt: skip
LINE_ANSWER_CODES: Final[Mapping[LineStatus, str]] = {
    _L.ACCEPTED: "5", _L.CHANGED: "6", _L.REJECTED: "7", _L.ADDED: "1", _L.PENDING: "52", _L.SUBSTITUTED: "38",
}  # fmt: skip
"""A backorder has no code; it is written as a change."""

# 4451: subjects of notes, and the words that our notes have for them.
SUBJECTS: Final[Mapping[str, str]] = {"packing": "PAC", "delivery": "DEL", "terms": "ABC", "papers": "DOC"}
SUBJECTS_READ: Final[Mapping[str, str]] = {code: subject for subject, code in SUBJECTS.items()}
NO_SUBJECT: Final = "AAI"
REASON: Final = "CHG"
SUBJECT_WORDS: Final[Mapping[str, str]] = {
    "PAC": "packing", "DEL": "delivery", "ABC": "conditions", "DOC": "papers", "AAI": "general information",
    "CHG": "about the change", "AAB": "terms of payment", "AAR": "terms of delivery", "TXD": "tax",
    "PUR": "purchasing", "SUR": "supplier's remark", "TRA": "transport", "REG": "regulations",
}  # fmt: skip

# 1153: references to documents that have no element of their own.
REVISION, SEQUENCE, RELEASE = "PP", "AGJ", "PS"
REFERENCE_WORDS: Final[Mapping[str, str]] = {
    REVISION: "version of the order", SEQUENCE: "number in the row of changes", RELEASE: "release number",
    "CT": "contract", "BO": "blanket order", "AAG": "quotation", "VN": "sales order", "AEP": "project",
}  # fmt: skip
SECOND_CODES: Final[Mapping[str, str]] = {
    "contract": "CT", "blanket": "BO", "quotation": "AAG", "sales_order": "VN", "project": "AEP",
}  # fmt: skip
SECOND_READ: Final[Mapping[str, str]] = {code: kind for kind, code in SECOND_CODES.items()}
OBJECT, TENDER, RELATED = "130", "50", "916"
_THREE = """
AAABCDEFGHIJKLMNOPQRSTUVWXYZ ABABCDEFGHIJKLMNOPQRSTUVWXYZ ACABCDEFGHIJKLNOPQRTUVWXYZ ADABCDEFGIJKLMNOPQTUVWXYZ
AEABCDEFGHIJKLMNOPQRSTUVWXYZ AFABCDEFGHIJKLMNOPQRSTUVWXYZ AGABCDEFGHIJKLMNOPQRSTUVWXYZ AHABCDEFGHIJKLMNOPQRSTUVXYZ
AIABCDEFGHIJKLMNOPQRSTUVWXYZ AJABCDEFGHIJKLMNOPQRSTUVWXYZ AKABCDEFGHIJKLMNOPQRSTUVWXYZ ALABCDEFGHIJKLMNOPQRSTUVWXYZ
AMABCDEFGHIJKLMNOPQRSTUVWXYZ ANABCDEFGHIJKLMNOPQRSTUVWXY AOADEFGHIJKLMNOPQRSTUVWXYZ APABCDEFGHIJKLMNOPQRSTUVWXYZ
AQABCDEFGHIJKLMNOPQRSTUVWXYZ ARABCDEFGHIJKLMNOPQRSTUVWXYZ ASABCDEFGHIJKLMNOPQRSTUVWXYZ ATABCDEFGHIJKLMNOPQRSTUVWXYZ
AUABCDEFGHIJKLMNOPQRSTUVWXYZ AVABCDEFGHIJKLMNOPQRSTUVWXYZ AWABCDEFGHIJKLMNOPQRSTUVWXYZ AXABCDEFGHIJKLMNOPQRS BTP
CASTUVWXYZ CBAB CECD CFEFO CKN CMR CNO COF CRN CST DAN EEP ERN FLW GDN HWB ICAEO INBNO LANR LRC MRN MSS MWB POR RCN REN
SEA SRN STA TCR TIN UAR UCN URI VGR VONR ZZZ
"""
_TWO = """
ACEFPUV BACDEHMNORTW CDGHKMNPRSTUVWZ DABILMQR EABDEINQRTX FCFINOSTVX GACDN HS IABILPSTV JBE LABCIOS MABFGHRS NAF OHINPR
PBCDEFIKLPQRSWY RACEFRT SABDEFHIMNPQSWZ TBEFILNP UCNO VACMNPRSTV WEMNRSY XACP
"""
REFERENCE_CODES: Final = frozenset(
    word[:start] + last for words, start in ((_THREE, 2), (_TWO, 1)) for word in words.split() for last in word[start:]
)
"""All codes of 1153 that the schema knows, packed by their beginnings."""

# Incoterms 2010, all that the standard's list has.
INCOTERMS: Final = _set("CFR CIF CIP CPT DAP DAT DDP EXW FAS FCA FOB")

# 5189 and 7161: why there is an allowance or a charge.
ALLOWANCES: Final = _set("41 42 60 62 63 64 65 66 67 68 70 71 88 95 100 102 103 104 105")
CHARGES: Final = _set("""
AA AAA AAC AAD AAE AAF AAH AAI AAS AAT AAV AAY AAZ ABA ABB ABC ABD ABF ABK ABL ABN ABR ABS ABT ABU ACF ACG ACH ACI ACJ
ACK ACL ACM ACS ADC ADE ADJ ADK ADL ADM ADN ADO ADP ADQ ADR ADT ADW ADY ADZ AEA AEB AEC AED AEF AEH AEI AEJ AEK AEL AEM
AEN AEO AEP AES AET AEU AEV AEW AEX AEY AEZ AJ AU CA CAB CAD CAE CAF CAI CAJ CAK CAL CAM CAN CAO CAP CAQ CAR CAS CAT CAU
CAV CAW CAX CAY CAZ CD CG CS CT DAB DAC DAD DAF DAG DAH DAI DAJ DAK DAL DAM DAN DAO DAP DAQ DL EG EP ER FAA FAB FAC FC
FH FI GAA HAA HD HH IAA IAB ID IF IR IS KO L1 LA LAA LAB LF MAE MI ML NAA OA PA PAA PC PL RAB RAC RAD RAF RE RF RH RV SA
SAA SAD SAE SAI SG SH SM SU TAB TAC TT TV V1 V2 WH XAA YY ZZZ
""")

# 5153 and 5305: kinds of tax and their categories.
TAXES: Final = _set("""
AAA AAB AAC AAD AAE AAF AAG AAH AAI AAJ AAK AAL AAM ADD BOL CAP CAR COC CST CUD CVD ENV EXC EXP FET FRE GCN GST ILL IMP
IND LAC LCN LDP LOC LST MCA MCD OTH PDB PDC PRF SCN SSS STT SUP SUR SWT TAC TOT TOX TTA VAD VAT
""")
TAX_CATEGORIES: Final = _set("A AA AB AC AD AE B C D E F G H I J K L M O S Z")

# Kinds of account (EDIFICAS): which of our accounts an ID is.
ACCOUNT_CODES: Final[Mapping[str, str]] = {"cost_center": "4", "gl_account": "1", "project": "7"}
ACCOUNTS_READ: Final[Mapping[str, str]] = {code: name for name, code in ACCOUNT_CODES.items()}

# ISO 3166-1 alpha-2, as far as the standard's list goes.
COUNTRIES: Final = _set("""
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD
CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF
GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI
SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
VN VU WF WS YE YT ZA ZM ZW
""")
NO_CURRENCY: Final = "XXX"
NEWER_CURRENCIES: Final = frozenset({"SLE", "VED", "XAD", "XCG", "ZWG"})
"""Younger than the list of 2012 that the standard's schema has."""
NO_UNIT: Final = "ZZ"
NO_LINE: Final = "NA"

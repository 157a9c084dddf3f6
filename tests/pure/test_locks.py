"""Advisory locks of the whole installation: no two purposes share a number, or one would wait for the other."""

import re
from collections import Counter
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src/orderwire"


def test_every_lock_has_a_number_of_its_own() -> None:
    defined = re.compile(r"^[A-Z_]*LOCK = (7_?301_?\d{3})|lock\((7301\d{3})\)", re.MULTILINE)
    found = Counter(
        int((match[0] or match[1]).replace("_", ""))
        for path in SOURCE.rglob("*.py")
        for match in set(defined.findall(path.read_text()))
        if "unlock" not in match
    )
    assert len(found) >= 7 and max(found.values()) == 1, found

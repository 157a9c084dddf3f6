"""The fonts of the printed order: where they lie, and which characters they can draw.

Coverage is read from the fonts' own `cmap` tables. That takes forty lines for the two subtable formats that matter;
a font library would be a dependency of several megabytes for the same question.
"""

import struct
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import fontpkg_ibm_plex_sans_arabic
import fontpkg_noto_sans
import noto_cjk_sans_otc
import typst

FOLDERS = (
    Path(fontpkg_noto_sans.__file__).parent,
    Path(fontpkg_ibm_plex_sans_arabic.__file__).parent,
    Path(noto_cjk_sans_otc.__file__).parent,
)
_SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}


def families(territory: str | None) -> tuple[str, ...]:
    """Font families in order of preference; Chinese characters take the shapes of the reader's country.

    Arabic is not Noto's: its newest release draws letters and their dots as separate glyphs, and text copied or
    searched in the document comes out with letters doubled.
    """
    chinese = "Noto Sans CJK TC" if territory in ("TW", "HK", "MO") else "Noto Sans CJK SC"
    return ("Noto Sans", "IBM Plex Sans Arabic", chinese)


@cache
def installed() -> typst.Fonts:
    """The packaged fonts alone, without those of the machine, so that output is the same everywhere."""
    folders = [str(folder) for folder in FOLDERS]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def uncovered(texts: Iterable[str]) -> set[str]:
    """The characters that would print as an empty box. Invisible format characters need no glyph."""
    known = coverage()
    return {c for c in set().union(*texts) if ord(c) not in known and not _invisible(c)}


def _invisible(char: str) -> bool:
    code = ord(char)
    return unicodedata.category(char) in ("Cf", "Cc", "Zl", "Zp") or 0xFE00 <= code <= 0xFE0F


@cache
def coverage() -> frozenset[int]:
    """Every code point that one of the fonts draws. Italic faces are left out: nothing is printed in italics."""
    covered: set[int] = set()
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in _SUFFIXES and "Italic" not in path.name:
                covered.update(_code_points(path.read_bytes()))
    return frozenset(covered)


def _code_points(font: bytes) -> Iterator[int]:
    """Code points of a font or of the first font of a collection (OpenType 1.9, `cmap`)."""
    start = struct.unpack_from(">I", font, 12)[0] if font[:4] == b"ttcf" else 0
    for i in range(struct.unpack_from(">H", font, start + 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, start + 12 + 16 * i)
        if tag == b"cmap":
            for k in range(struct.unpack_from(">H", font, offset + 2)[0]):
                platform, encoding, at = struct.unpack_from(">HHI", font, offset + 4 + 8 * k)
                if (platform == 0 and encoding in (3, 4)) or (platform == 3 and encoding in (1, 10)):
                    yield from _subtable(font, offset + at)


def _subtable(font: bytes, at: int) -> Iterator[int]:
    kind = struct.unpack_from(">H", font, at)[0]
    if kind == 12:
        for i in range(struct.unpack_from(">I", font, at + 12)[0]):
            first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * i)
            yield from range(first, last + 1)
    elif kind == 4:
        doubled = struct.unpack_from(">H", font, at + 6)[0]
        for i in range(0, doubled, 2):
            last = struct.unpack_from(">H", font, at + 14 + i)[0]
            first = struct.unpack_from(">H", font, at + 16 + doubled + i)[0]
            if first != 0xFFFF:
                yield from range(first, last + 1)

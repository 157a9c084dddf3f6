"""The letter as HTML for mail programs: inline styles, no image, nothing loaded, nothing that tells who opened it."""

from html import escape

from orderwire.formats.letter.changes import Changed
from orderwire.formats.letter.said import STRONG, WEAK, Row, Said, Turned

FONT = (
    "font-family:-apple-system,'Segoe UI',Inter,Roboto,'Noto Sans','Noto Sans Arabic','Noto Sans SC',"
    "Helvetica,Arial,sans-serif;"
)
NOTICE = "margin:0 0 14px;padding:11px 14px;background:#faf1e2;color:#875000;border-radius:5px"
# The look is inline; this block only adds the dark colors and small screens, and a mail program may drop it.
STYLE = """
:root { color-scheme: light dark; }
@media (max-width: 480px) {
 .pad { padding-left: 16px !important; padding-right: 16px !important; }
 .btn { display: block !important; text-align: center !important; }
}
@media (prefers-color-scheme: dark) {
 body, .bg { background: #0f1315 !important; }
 .card { background: #161b1e !important; border-color: #262e32 !important; }
 .card, .ink { color: #e9eef0 !important; }
 .ink2 { color: #aebac0 !important; }
 .hair { border-color: #2c3539 !important; }
 .btn { background: #6cc3dd !important; color: #04222c !important; border-color: #6cc3dd !important; }
 .due { background: #12272f !important; }
 .lnk { color: #98d8ea !important; }
 .warn { background: #2b2113 !important; color: #efb662 !important; }
 .brand { border-color: #6cc3dd !important; }
 .new { background: #12312a !important; color: #7fd6b2 !important; }
}
"""


def page(said: Said) -> str:
    """A whole HTML document. Every text is escaped here and nowhere else."""
    start, end = ("right", "left") if said.rtl else ("left", "right")
    direction = "rtl" if said.rtl else "ltr"
    parts = [
        _p(f'<span class="brand" style="display:inline-block;border-bottom:3px solid #00617f;padding-bottom:2px">'
           f"{escape(said.brand)}</span>", "margin:0 0 22px;font-weight:600;font-size:14px"),
        _p(escape(said.addressee), "margin:0 0 4px;font-size:13px;color:#48545a", "ink2"),
        f'<h1 style="margin:0 0 14px;font-size:22px;line-height:1.3;font-weight:600">{escape(said.heading)}</h1>',
        *(_p(escape(notice), NOTICE, "warn") for notice in said.notices),
        _p(f"{_sentence(said.sentence)} {escape(said.please)}".strip(), "margin:0 0 18px"),
        _due(said),
        _button(said),
        *(_turned(turned, start) for turned in said.turned),
        _table(said, start, end) if said.rows else "",
        _facts(said, start),
    ]  # fmt: skip
    return f"""<!doctype html>
<html lang="{escape(said.language)}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{escape(said.subject)}</title>
<style>{STYLE}</style>
</head>
<body style="margin:0;padding:0;background:#f5f7f7;-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden">{_sentence(said.sentence)} {escape(said.please)}</div>
<main class="bg" lang="{escape(said.language)}" dir="{direction}" style="max-width:600px;margin:0 auto;padding:24px 0">
<div class="card pad" style="{FONT}font-size:15px;line-height:1.5;color:#12181b;background:#ffffff;\
border:1px solid #e2e7e9;border-radius:8px;padding:28px 32px 24px;font-variant-numeric:tabular-nums;\
overflow-wrap:break-word;text-align:{start}">
{"".join(parts)}
</div>
<p class="ink2 pad" style="{FONT}font-size:12px;line-height:1.5;color:#5f6b71;margin:14px 0 0;padding:0 32px;\
overflow-wrap:break-word;text-align:{start}">{escape(said.company)}<br>{escape(said.bank)}</p>
</main>
</body>
</html>
"""


def _p(inner: str, style: str, css: str = "") -> str:
    kind = f' class="{css}"' if css else ""
    return f'<p{kind} style="{style}">{inner}</p>\n'


def _sentence(text: str) -> str:
    return escape(text).replace(STRONG, "<b>").replace(WEAK, "</b>")


def _due(said: Said) -> str:
    label, when = said.answer_by
    style = "margin:0 0 20px;padding:11px 14px;background:#e8f3f6;border-radius:5px"
    return _p(f"{escape(label)} <b>{escape(when)}</b>", style, "due") if when else ""


def _button(said: Said) -> str:
    if not said.answer_url:
        return ""
    style = (
        "display:inline-block;background:#00617f;border:1px solid #00617f;color:#ffffff;text-decoration:none;"
        "font-weight:600;padding:11px 20px;border-radius:5px"
    )
    link = f'<a class="btn" href="{escape(said.answer_url)}" style="{style}">{escape(said.button)}</a>'
    note = _p(escape(said.button_note), "margin:0 0 24px;font-size:13px;color:#48545a", "ink2")
    return _p(link, "margin:0 0 12px") + note


def _table(said: Said, start: str, end: str) -> str:
    quiet = "font-weight:400;border-bottom:1px solid #c5cdd1;"
    heads = "".join(
        f'<th scope="col" class="hair" style="{quiet}{style}">{escape(text)}</th>'
        for text, style in zip(said.columns, _columns("6px", start, end), strict=True)
    )
    rows = "".join(_row(row, start, end) for row in said.rows)
    sums = "".join(_sum(*item, start, end) for item in said.sums)
    return (
        '<table style="width:100%;border-collapse:collapse;font-size:14px;line-height:1.45">'
        f'<caption class="ink" style="text-align:{start};font-weight:600;padding-bottom:6px">{escape(said.caption)}'
        f'</caption><thead><tr class="ink2" style="color:#5f6b71;font-size:13px">{heads}</tr></thead>'
        f"<tbody>\n{rows}{sums}</tbody></table>\n"
    )


def _turned(turned: Turned, start: str) -> str:
    """Old values struck through before the new ones; programs that read aloud hear the same from the words around."""
    style = f"padding:9px 8px;text-align:{start};border-bottom:1px solid #e2e7e9;vertical-align:top;"
    rows = "".join(
        f'<tr><td class="ink2 hair" style="{style}padding-{start}:0;color:#5f6b71">{escape(row.number)}</td>'
        f'<td class="hair" style="{style}overflow-wrap:anywhere">{escape(row.item)}{_turns(row)}</td></tr>\n'
        for row in turned.rows
    )
    number, item, _ = (escape(text) for text in turned.columns)
    quiet = f"font-weight:400;padding:6px 8px;text-align:{start};border-bottom:1px solid #c5cdd1"
    rest = _p(escape(turned.rest), "margin:8px 0 0;font-size:13px;color:#5f6b71", "ink2") if turned.rest else ""
    return (
        '<table style="width:100%;border-collapse:collapse;font-size:14px;line-height:1.45;margin:0 0 6px">'
        f'<caption class="ink" style="text-align:{start};font-weight:600;padding-bottom:6px">{escape(turned.caption)}'
        f'</caption><thead><tr class="ink2" style="color:#5f6b71;font-size:13px">'
        f'<th scope="col" class="hair" style="{quiet};width:52px;padding-{start}:0">{number}</th>'
        f'<th scope="col" class="hair" style="{quiet}">{item}</th></tr></thead>'
        f'<tbody>\n{rows}</tbody></table>\n<div style="margin:0 0 20px">{rest}</div>\n'
    )


def _turns(row: Changed) -> str:
    """One line of the cell for each value."""
    texts = []
    for turn in row.turns:
        old = f'<del class="ink2" style="color:#5f6b71">{escape(turn.old)}</del>' if turn.old else ""
        new = (
            f'<ins class="new" style="background:#e2f3ec;color:#0b5c43;text-decoration:none;font-weight:600;'
            f'padding:0 3px;border-radius:3px">{escape(turn.new)}</ins>'
            if turn.new
            else ""
        )
        label = f'<span class="ink2" style="color:#48545a">{escape(turn.label)}</span>' if turn.label else ""
        texts.append(" ".join(part for part in (label, old, new) if part))
    return "".join(f'<br><span style="font-size:13px">{text}</span>' for text in texts)


def _columns(height: str, start: str, end: str) -> list[str]:
    """Padding and side of the four columns; the outer ones end at the edge of the letter."""
    sides = (f"padding-{start}:0;text-align:{start}", f"overflow-wrap:anywhere;text-align:{start}", f"text-align:{end}",
             f"padding-{end}:0;text-align:{end};white-space:nowrap")  # fmt: skip
    return [f"padding:{height} 8px;{side}" for side in sides]


def _row(row: Row, start: str, end: str) -> str:
    part = f'<br><span class="ink2" style="font-size:13px;color:#5f6b71">{escape(row.part)}</span>' if row.part else ""
    if row.url:
        part += f'<br><a class="lnk" href="{escape(row.url)}" style="color:#00617f">{escape(row.url_text)}</a>'
    texts = (escape(row.number), escape(row.item) + part, escape(row.quantity), escape(row.amount))
    line = "border-bottom:1px solid #e2e7e9;vertical-align:top;"
    looks = ('ink2 hair" style="color:#5f6b71;', *['hair" style="'] * 3)
    cells = zip(looks, _columns("9px", start, end), texts, strict=True)
    return "<tr>" + "".join(f'<td class="{look}{line}{style}">{text}</td>' for look, style, text in cells) + "</tr>\n"


def _sum(label: str, amount: str, total: bool, start: str, end: str) -> str:
    _, item, _, last = _columns("9px", start, end)
    css, look, strong = ("ink", "font-weight:600", "font-weight:600") if total else ("ink2", "color:#5f6b71", "")
    return (
        f'<tr><td></td><td class="{css}" colspan="2" style="{item};{look}">{escape(label)}</td>'
        f'<td style="{last};{strong}">{escape(amount)}</td></tr>\n'
    )


def _facts(said: Said, start: str) -> str:
    label_look = f"width:112px;padding:3px 0;color:#5f6b71;vertical-align:top;text-align:{start}"
    value_look = f"padding:3px 8px;overflow-wrap:anywhere;text-align:{start}"
    rows = "".join(
        f'<tr><td class="ink2" style="{label_look}">{escape(label)}</td>'
        f'<td style="{value_look}">{escape(value)}</td></tr>\n'
        for label, value in said.facts
    )
    return (
        '<div class="hair" style="border-top:1px solid #e2e7e9;margin-top:10px;padding-top:14px">'
        '<table role="presentation" style="width:100%;border-collapse:collapse;font-size:14px">'
        f"<tbody>\n{rows}</tbody></table></div>"
    )

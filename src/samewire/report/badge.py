"""badges/: for each endpoint what shields.io asks for as JSON, and a picture of the same that needs nobody else.

A badge says what was counted and when; it has no score, and its colours are those of the report.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from xml.sax.saxutils import escape

from samewire.inert import one_line, shortened, whole
from samewire.policy import tally
from samewire.report.matrix import standing
from samewire.report.provenance import outdated
from samewire.requirement import Level
from samewire.run import Column, Run

__all__ = ["file_names", "render"]

#: What is outdated is grey, whatever it says.
GREY = "#5f656d"
COLOURS = {"met": "#0b4f94", "not met": "#9b1238", "could not judge": "#5b2a86", "not run": GREY}
#: How wide a letter is in the picture, roughly.
LETTER = 6.6


def render(run: Run) -> dict[str, str]:
    """The badges, by the names of their files."""
    made: dict[str, str] = {}
    names = file_names(column.name for column in run.columns)
    for column in run.columns:
        name = names[column.name]
        message, colour = _message(run, column), GREY if outdated(run) else COLOURS[standing(run, column)]
        label = shortened(whole(one_line(column.label or column.name)), 60)
        content = {
            "schemaVersion": 1,
            "label": label,
            "message": message,
            "color": colour,
            "isError": standing(run, column) == "not met",
            "cacheSeconds": 3600,
        }
        made[f"{name}.json"] = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        made[f"{name}.svg"] = _picture(label, message, colour)
    return made


def file_names(endpoints: Iterable[str]) -> dict[str, str]:
    """The names of endpoints as those of files, by endpoint: the same from run to run."""
    found: dict[str, str] = {}
    for endpoint in endpoints:
        name = first = re.sub(r"[^A-Za-z0-9._-]+", "-", endpoint).strip("-.") or "endpoint"
        number = 2
        while name in found.values():
            name, number = f"{first}-{number}", number + 1
        found[endpoint] = name
    return found


def _message(run: Run, column: Column) -> str:
    how = standing(run, column)
    day = str(run.header.get("started", ""))[:10]
    held = f" of {run.header['set']}" if run.header.get("set") else ""
    old = ("outdated",) if outdated(run) else ()
    words = {"could not judge": "could not be judged", "not run": "not run"}.get(how)
    return " · ".join(filter(None, (words or f"MUST {tally(run, column, Level.MUST)}{held}", day, *old)))


def _picture(label: str, message: str, colour: str) -> str:
    left, right = (round(len(text) * LETTER) + 12 for text in (label, message))
    title = escape(f"{label}: {message}")
    size = f'width="{left + right}" height="20"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="t">
<title id="t">{title}</title>
<clipPath id="r"><rect {size} rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#33383f"/>
<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
<text x="{left / 2}" y="14" textLength="{left - 12}">{escape(label)}</text>
<text x="{left + right / 2}" y="14" textLength="{right - 12}">{escape(message)}</text></g>
</svg>
"""

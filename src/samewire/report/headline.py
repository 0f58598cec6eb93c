"""A whole run in a sentence, and its providers in a few words."""

from __future__ import annotations

from collections import Counter

from samewire.report.matrix import standing
from samewire.report.words import said
from samewire.run import Column, Run

__all__ = ["providers", "sentence"]

#: How an endpoint may stand, and how many of them do so in a sentence: for one, for several.
STANDINGS = {
    "met": ("meets the policy", "meet the policy"),
    "not met": ("falls short", "fall short"),
    "could not judge": ("could not be judged", "could not be judged"),
    "not run": ("was not run", "were not run"),
}


def providers(run: Run) -> list[tuple[str, int, int]]:
    """Of each provider with several models: its label, how many of them meet the policy, and how many there are."""
    found: dict[str, list[Column]] = {}
    for column in run.columns:
        found.setdefault(column.provider, []).append(column)
    return [
        (columns[0].label, sum(standing(run, one) == "met" for one in columns), len(columns))
        for columns in found.values()
        if len(columns) > 1
    ]


def sentence(run: Run, language: str = "en") -> str:
    """The whole run in one sentence."""
    counts = Counter(standing(run, column) for column in run.columns)
    total = len(run.columns)
    if not total or not run.rows:
        return "没有选中任何检查。" if language == "zh" else "Nothing was selected."
    if language == "zh":
        parts = [f"{counts[name]} 个{said(f'standing.{name}', 'zh')}" for name in STANDINGS if counts[name]]
        return f"{total} 个端点中,{','.join(parts)}。"
    told = [(counts[name], words[counts[name] > 1]) for name, words in STANDINGS.items() if counts[name]]
    if len(told) == 1:
        who = {1: "The endpoint", 2: "Both endpoints"}.get(total, f"All {total} endpoints")
        return f"{who} {told[0][1]}."
    *parts, last = (f"{count} {words}" for count, words in told)
    return f"Of {total} endpoints, {', '.join(parts)} and {last}."

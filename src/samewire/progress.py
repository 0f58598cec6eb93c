"""A line per endpoint while a run goes on: live on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from types import TracebackType

from rich.console import Console
from rich.live import Live as LiveDisplay
from rich.table import Table
from rich.text import Text

from samewire.exchange import Exchange
from samewire.inert import one_line
from samewire.verdict import Judgement

__all__ = ["Progress"]

GLYPHS = {"supported": "✓", "unsupported": "–", "ignored": "✕", "broken": "✕", "inconclusive": "!", "error": "E"}
STYLES = {
    "supported": "cyan",
    "unsupported": "dim",
    "ignored": "bold red",
    "broken": "bold red",
    "inconclusive": "magenta",
}
#: Seconds between two plain lines.
PLAIN_SECONDS = 30.0


class Progress:
    """Told of exchanges and judgements; shows them on standard error.

    Args:
        totals: how many checks each endpoint has to go through.
        quiet: show nothing.
    """

    def __init__(self, totals: Mapping[str, int], quiet: bool = False) -> None:
        self.totals = totals
        self.quiet = quiet
        self.words: dict[str, Counter[str]] = {name: Counter() for name in totals}
        self.requests: Counter[str] = Counter()
        self.begun = time.monotonic()
        self.said = self.begun
        self.console = Console(file=sys.stderr, highlight=False)
        self._lock = threading.Lock()
        self._live = LiveDisplay(
            console=self.console, get_renderable=self._table, refresh_per_second=8, transient=False
        )

    def __enter__(self) -> Progress:
        if self.console.is_terminal and not self.quiet:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live.is_started:
            self._live.stop()
        elif not self.quiet:
            for name in self.totals:
                self.console.print(self._line(name), soft_wrap=True)

    def __call__(self, endpoint: str, news: Exchange | Judgement) -> None:
        """Take notice."""
        with self._lock:
            if isinstance(news, Judgement):
                self.words[endpoint][news.verdict.value] += 1
            else:
                self.requests[endpoint] += 1
            due = time.monotonic() - self.said > PLAIN_SECONDS
            if due:
                self.said = time.monotonic()
        if due and not self.quiet and not self._live.is_started:
            self.console.print(self._line(endpoint), soft_wrap=True)

    def _line(self, name: str) -> Text:
        seconds = time.monotonic() - self.begun
        line = Text(f"  {one_line(name):<36} {sum(self.words[name].values()):>4}/{self.totals[name]} checks")
        line.append(f"  {self.requests[name]:>4} requests  {seconds:5.1f} s ", "dim")
        line.append_text(self._counts(name))
        return line

    def _counts(self, name: str) -> Text:
        counts = Text()
        red = self.words[name]["ignored"] + self.words[name]["broken"]
        for word in ("supported", "broken", "unsupported", "inconclusive", "error"):
            number = red if word == "broken" else self.words[name][word]
            if number:
                counts.append(f" {GLYPHS[word]} {number}", STYLES.get(word, ""))
        return counts

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for name, total in self.totals.items():
            done = sum(self.words[name].values())
            filled = round(20 * done / total) if total else 20
            bar = Text("━" * filled, "cyan") + Text("━" * (20 - filled), "dim")
            numbers = Text(f"{done}/{total}  {self.requests[name]} requests", "dim")
            table.add_row(Text(f"  {one_line(name)}"), bar, numbers, self._counts(name))
        return table

"""What Open Responses adds is a level of its own: optional, and never held against anybody."""

from __future__ import annotations

from samewire.requirement import Level
from samewire.suite import requirements


def test_what_only_open_responses_requires_is_optional_and_named_so() -> None:
    for one in requirements():
        alone = bool(one.spec) and all(name.startswith("OR-") for name in one.spec)
        assert alone == one.id.startswith("responses.open."), one.id
        assert not alone or (one.level is Level.MAY and one.rare and not one.required)

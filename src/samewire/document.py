"""Documents in YAML: their content, and where each part of it stands, so that every problem is told with its line.

This module is the only one that imports yaml.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

__all__ = ["Document", "DocumentError"]

#: Where something stands in a document: ``("providers", 0, "name")``.
Place = tuple[str | int, ...]
#: Reads ten times faster where it was compiled.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: Levels of nesting that a document may have.
DEEPEST = 40


class DocumentError(Exception):
    """A file can't be read, or isn't YAML."""


class Document:
    """A file, its content, its lines, its problems.

    Attributes:
        path: the file.
        content: what it says; None if it is empty.
        lines: line and column of each part.
        problems: what is wrong, a sentence each, with the file and the line.

    Raises:
        DocumentError: the file can't be read, or isn't YAML.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []
        self.lines: dict[Place, tuple[int, int]] = {}
        node = self._node()
        self.content: Any = self._build(node, ()) if node is not None else None

    def _node(self) -> Any:
        try:
            text = self.path.read_text(encoding="utf-8")
            self._plumb(text)
            return yaml.compose(text, Loader=LOADER)
        except (OSError, UnicodeDecodeError) as problem:
            raise DocumentError(f"{self.path}: cannot be read: {problem}") from None
        except yaml.MarkedYAMLError as problem:
            mark = problem.problem_mark
            place = f"{self.path}:{mark.line + 1}:{mark.column + 1}" if mark else str(self.path)
            raise DocumentError(f"{place}: not YAML: {problem.problem or problem.context}") from None
        except yaml.YAMLError as problem:
            raise DocumentError(f"{self.path}: not YAML: {problem}") from None

    def _plumb(self, text: str) -> None:
        # What builds the nodes calls itself for each level, compiled code without any limit; this doesn't.
        depth = 0
        for event in yaml.parse(text, Loader=LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise DocumentError(f"{self.path}:{line}: is nested too deep")

    def _build(self, node: Any, path: Place) -> Any:
        self.lines.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
        if len(path) > DEEPEST:
            self.complain(path[:1], "is nested too deep, or refers to itself")
            raise DocumentError(self.problems[-1])
        if isinstance(node, yaml.MappingNode):
            return dict(self._members(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self._build(item, (*path, index)) for index, item in enumerate(node.value)]
        if node.tag.endswith(":timestamp"):
            return str(node.value)  # as JSON has it: a day is text
        try:
            return yaml.SafeLoader("").construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError):
            self.complain(path, f"{str(node.value)!r} is no {node.tag.rpartition(':')[2]}: put it in quotes")
            return str(node.value)

    def _members(self, node: Any, path: Place) -> Iterator[tuple[str, Any]]:
        met: set[str] = set()
        for key_node, value_node in node.value:
            key = str(key_node.value)
            here = (*path, key)
            self.lines[here] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if key in met:
                self.complain(here, f"`{key}` stands here twice")
            met.add(key)
            yield key, self._build(value_node, here)

    def complain(self, path: Place, problem: str) -> None:
        """Note a problem with its line and column."""
        while path not in self.lines and path:
            path = path[:-1]
        line, column = self.lines.get(path, (1, 1))
        self.problems.append(f"{self.path}:{line}:{column}: {problem}")

"""dbt without what makes small runs dear and changes nothing that they do."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from types import CodeType
from typing import Any

import agate
import jinja2
import pytest
from dbt.compilation import Linker
from dbt.contracts.graph.manifest import Manifest
from dbt_common.clients import agate_helper
from dbt_common.events.base_types import BaseEvent, DebugLevel
from dbt_common.events.event_manager import EventManager
from jinja2.sandbox import SandboxedEnvironment

_make_event, _fire_event = BaseEvent.__init__, EventManager.fire_event
_compile, _build_type_tester = jinja2.Environment.compile, agate_helper.build_type_tester
_find_cycles = Linker.find_cycles
_compiled: dict[tuple[type, str], CodeType] = {}
_without_cycle: set[frozenset[tuple[str, str]]] = set()


@contextmanager
def sparing() -> Iterator[None]:
    """Make no debug messages; do once what is the same in every run of a process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseEvent, "__init__", _event_made)
        patch.setattr(EventManager, "fire_event", _event_fired)
        patch.setattr(jinja2.Environment, "compile", _compiled_once)
        patch.setattr(agate_helper, "build_type_tester", _type_tester)
        patch.setattr(Linker, "find_cycles", _cycles_found_once)
        yield


def kept(project: Manifest) -> Manifest:
    """Tell the garbage collector that a parsed project stays, and need not be looked through."""
    gc.collect()
    gc.freeze()
    return project


# dbt makes a whole protobuf of each message before it asks who reads it; no debug message is fired
# as an error
def _event_made(event: BaseEvent, *args: Any, **kwargs: Any) -> None:
    if isinstance(event, DebugLevel):
        event.pb_msg = None
    else:
        _make_event(event, *args, **kwargs)


def _event_fired(manager: EventManager, event: BaseEvent, *args: Any, **kwargs: Any) -> None:
    if not isinstance(event, DebugLevel):
        _fire_event(manager, event, *args, **kwargs)


# dbt's environments are sandboxes, those of a class alike
def _compiled_once(
    environment: jinja2.Environment, source: Any, *args: Any, **kwargs: Any
) -> CodeType:
    if args or kwargs or not isinstance(environment, SandboxedEnvironment):
        return _compile(environment, source, *args, **kwargs)
    key = type(environment), source
    if key not in _compiled:
        _compiled[key] = _compile(environment, source)
    return _compiled[key]


# dbt makes one for the rows of each query, though it knows nothing but the columns
def _type_tester(
    text_columns: Iterable[str], string_null_values: Iterable[str] = ("null", "")
) -> agate.TypeTester:
    return _type_tester_of(tuple(text_columns), tuple(string_null_values))


@cache
def _type_tester_of(
    text_columns: tuple[str, ...], string_null_values: tuple[str, ...]
) -> agate.TypeTester:
    return _build_type_tester(text_columns, string_null_values)


# one project has the same graph in every run
def _cycles_found_once(linker: Linker) -> str | None:
    edges = frozenset(linker.graph.edges)
    if edges not in _without_cycle:
        if cycle := _find_cycles(linker):
            return cycle
        _without_cycle.add(edges)
    return None

"""dbt without what costs a small run a third of its time, and which nobody sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

import jinja2
import pytest
from dbt_common.events.base_types import BaseEvent, DebugLevel
from dbt_common.events.event_manager import EventManager
from jinja2.sandbox import SandboxedEnvironment

_make_event, _fire_event = BaseEvent.__init__, EventManager.fire_event
_compile = jinja2.Environment.compile
_compiled: dict[tuple[type, str], CodeType] = {}


@contextmanager
def sparing() -> Iterator[None]:
    """Make no debug messages, and compile each text of Jinja once, however often it is built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseEvent, "__init__", _event_made)
        patch.setattr(EventManager, "fire_event", _event_fired)
        patch.setattr(jinja2.Environment, "compile", _compiled_once)
        yield


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

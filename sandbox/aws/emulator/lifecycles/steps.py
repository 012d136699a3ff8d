"""Status changes over AWS time, for any object with a status attribute."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from ..clock import Timeline


class Steps:
    shared: ClassVar[Steps]

    def __init__(self) -> None:
        self.timeline: Timeline | None = None
        self.wrapped = False

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        assert self.timeline is not None
        self.timeline.after(seconds, callback)

    def through(self, target: Any, attribute: str, *statuses: str | tuple[float, str]) -> None:
        """through(x, "status", "creating", (360, "available")): each step only if the one before still holds."""
        current = str(statuses[0])
        setattr(target, attribute, current)
        at = 0.0
        for step in statuses[1:]:
            assert isinstance(step, tuple)
            seconds, following = step
            at += seconds
            self.after(at, _step(target, attribute, current, following))
            current = following

    def wrap(self, cls: type, method: str, around: Callable[..., Any]) -> None:
        """`around(original, self, *args, **kwargs)` takes the place of the method."""
        original = getattr(cls, method)

        @wraps(original)
        def replacement(*args: Any, **kwargs: Any) -> Any:
            return around(original, *args, **kwargs)

        setattr(cls, method, replacement)


Steps.shared = Steps()


def _step(target: Any, attribute: str, expected: str, following: str) -> Callable[[], None]:
    def change() -> None:
        # Something else may have begun meanwhile, such as the resource's deletion.
        if getattr(target, attribute) == expected:
            setattr(target, attribute, following)

    return change

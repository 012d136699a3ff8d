"""What the services that we serve ourselves share: a state for each region, and a function for each operation."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, Generic, TypeVar

Region = TypeVar("Region")


def operations_of(*modules: ModuleType) -> dict[str, Callable[..., dict[str, Any]]]:
    """Operation name -> the function that answers it, from the OPERATIONS of each module."""
    return {name: function for module in modules for name, function in module.OPERATIONS.items()}


class Regions(Generic[Region]):
    """The state of each region, made when it is first asked for."""

    def __init__(self, make: Callable[[str], Region]) -> None:
        self._make = make
        self._made: dict[str, Region] = {}

    def of(self, name: str) -> Region:
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def reset(self) -> None:
        self._made.clear()

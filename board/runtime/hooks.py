"""Hooks: places where other slices add a step. Filled by `wiring.py`, and nowhere else."""

from typing import TypeVar

F = TypeVar("F")


class Hook(list[F]):
    """The steps of one hook, in the order they run."""

    def add(self, *steps: F) -> None:
        """Append `steps`, each once: a process may build several apps."""
        self.extend(step for step in steps if step not in self)

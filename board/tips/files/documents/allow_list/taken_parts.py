"""Parts of a package that its cleaned copy takes over: cleaned, cropped, and named anew."""

from collections.abc import Callable, Hashable

from ...formats import format_of
from ...results import FindingKind, NotCleanable, Reason, WorkerLimits
from .. import embedded
from ..zip_container import ZipContainer
from .rebuild import Told

Crop = Callable[[bytes], embedded.Edges | None]


class TakenParts:
    """`kept`: new name → bytes. `new_name` makes a name without extension from a number."""

    def __init__(
        self, parts: ZipContainer, told: Told, limits: WorkerLimits, new_name: Callable[[int], str]
    ) -> None:
        self.kept: dict[str, bytes] = {}
        self._parts, self._told, self._limits, self._new_name = parts, told, limits, new_name
        self._taken: dict[tuple[str, Hashable], str] = {}

    @property
    def names(self) -> set[str]:
        """The names that these parts have in the original."""
        return {name for name, _ in self._taken}

    @property
    def new_names(self) -> list[str]:
        """The names that they have in the copy."""
        return list(self._taken.values())

    def take(self, name: str, clip: Hashable, crop: Crop) -> str | None:
        """The new name of a part, which is kept then; `crop` tells the edges that `clip` cuts off.

        None if it cannot be cleaned, and so the document cannot either.
        """
        if (name, clip) not in self._taken:
            try:
                self._taken[name, clip] = self._cleaned(name, crop)
            except NotCleanable as refusal:
                self._told.refuse(refusal.reason)
                return None
        return self._taken[name, clip]

    def _cleaned(self, name: str, crop: Crop) -> str:
        if name not in self.names:
            self._told.add(embedded.inspect(self._parts, [name], self._limits))
        data = self._parts[name]
        if edges := crop(data):
            data = _cropped(data, self._limits, edges)
            self._told.tell(FindingKind.HIDDEN, name)
        else:
            data = embedded.cleaned(data, self._limits)
        new = f"{self._new_name(len(self._taken) + 1)}.{format_of(data).extensions[0]}"
        self.kept[new] = data
        return new


def _cropped(data: bytes, limits: WorkerLimits, edges: embedded.Edges) -> bytes:
    """Raises NotCleanable if nothing would be left."""
    left, top, right, bottom = edges
    if left + right >= 1 or top + bottom >= 1:
        raise NotCleanable(Reason.FORMAT)
    return embedded.cropped(data, limits, edges)

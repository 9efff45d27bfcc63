"""Everything that is wrong with a document at once: whoever wrote a hundred rows does not mend them one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from core.errors import AnnexaError
from core.settings import EXAMPLE, ConfigurationError, Document, Path, explained, kind_of

Model = TypeVar("Model", bound=BaseModel)


class MistakesError(ConfigurationError):
    """Several mistakes in one document, in the order of its lines. Where there is room for one, the first is told."""

    def __init__(self, mistakes: Sequence[AnnexaError]) -> None:
        first, *others = mistakes
        more = f" (and {len(others)} more)" if others else ""
        super().__init__(f"{first}{more}", first.hint)
        self._mistakes = tuple(mistakes)

    @property
    def each(self) -> tuple[AnnexaError, ...]:
        """Every mistake."""
        return self._mistakes


class Mistakes:
    """What is wrong with a document, noted as it is found."""

    def __init__(self, document: Document, example: str) -> None:
        """`example` is the remedy where nothing better is known: what shows how it is done."""
        self._document = document
        self._example = example
        self._noted: list[tuple[int, bool, ConfigurationError]] = []

    def note(self, path: Path, problem: str, hint: str = "") -> None:
        """Something is wrong at this place."""
        self._note(path, self._document.refuse(path, problem, hint or self._example))

    def validated(self, model: type[Model], data: Any, path: Path = ()) -> Model | None:
        """`data`, which stands at `path`, as a `model`; `None` where that cannot be, and why is noted."""
        if not isinstance(data, dict):
            self.note(path, f"expected settings, found {kind_of(data)}")
            return None
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for each in error.errors():
                place = (*path, *each["loc"])
                self._note(place, explained(model, self._document, path, each), missing=each["type"] == "missing")
        return None

    def _note(self, path: Path, error: ConfigurationError, *, missing: bool = False) -> None:
        if error.hint == EXAMPLE:  # which is about another file
            error = ConfigurationError(str(error), self._example)
        self._noted.append((self._document.line(path), missing, error))

    def refuse_any(self) -> None:
        """Raise `MistakesError` where something was noted: by line, and what is misspelt before what is missing."""
        if self._noted:
            raise MistakesError([error for *_, error in sorted(self._noted, key=lambda noted: noted[:2])])

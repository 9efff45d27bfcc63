"""The binary encoding of SSH (RFC 4251, section 5), read strictly: what is too short or too long is refused."""

from __future__ import annotations


class MalformedError(ValueError):
    """Bytes that are not what they claim to be."""


class Reader:
    """Takes fields off the front of a message."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def read_so_far(self) -> bytes:
        return self._data[: self._at]

    @property
    def ended(self) -> bool:
        return self._at == len(self._data)

    def take(self, size: int) -> bytes:
        """The next `size` bytes. Raises `MalformedError` when there are fewer."""
        if size > len(self._data) - self._at:
            raise MalformedError("it ends too early")
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self, size: int = 4) -> int:
        """A whole number of 4 or 8 bytes."""
        return int.from_bytes(self.take(size))

    def string(self) -> bytes:
        return self.take(self.number())

    def text(self) -> str:
        try:
            return self.string().decode()
        except UnicodeDecodeError:
            raise MalformedError("it holds text that is not UTF-8") from None

    def integer(self) -> int:
        """A multiple precision integer that is not negative."""
        data = self.string()
        if data and data[0] & 0x80:
            raise MalformedError("it holds a negative number")
        return int.from_bytes(data)

    def end(self) -> None:
        """Raise `MalformedError` unless everything was read."""
        if not self.ended:
            raise MalformedError("something follows its end")


def string(data: bytes) -> bytes:
    """A string as SSH writes it: its length in four bytes, and itself."""
    return len(data).to_bytes(4) + data

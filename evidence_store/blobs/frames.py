"""Frames: how one blob lies in a pack, standing for itself or as the difference to another blob, its base.

A frame is a zstd frame (RFC 8878) with content size and checksum. A difference has the base as its prefix, as
`zstd --patch-from` makes it, and before it stands a *link*: a skippable frame, which zstd passes over, with the digest
of the base. So a pack tells by itself what each of its frames needs, and an index that names another base is found out.
"""

from __future__ import annotations

import zstandard

LEVEL = 3
LEVEL_OF_DIFFERENCES = 9
"""The lowest whose tables remember a base of some megabytes to its end. Below it a difference saves next to nothing."""

CLEARLY = 0.75
"""A difference is kept when it has at most this share of the bytes of the frame that would stand for itself."""

LARGEST_TOGETHER = 2**27
"""Bytes of blob and base together: what every zstd decoder accepts as a window without being told to."""

LINK_SIZE = 40
_LINK = (0x184D2A50).to_bytes(4, "little") + (32).to_bytes(4, "little")


def stand_alone(data: bytes) -> bytes:
    """The frame of a blob that needs no other."""
    return zstandard.ZstdCompressor(level=LEVEL, write_checksum=True, write_content_size=True).compress(data)


def difference(data: bytes, digest: bytes, base: bytes) -> bytes | None:
    """The frame of a blob as the difference to the blob with this digest; `None` when that would be too large."""
    if len(data) + len(base) > LARGEST_TOGETHER:
        return None
    parameters = zstandard.ZstdCompressionParameters.from_level(
        LEVEL_OF_DIFFERENCES,
        window_log=max(10, (len(data) + len(base)).bit_length()),
        write_checksum=True,
        write_content_size=True,
    )
    compressor = zstandard.ZstdCompressor(dict_data=_prefix(base), compression_params=parameters)
    return link(digest) + compressor.compress(data)


def smallest(data: bytes, digest: bytes, base: bytes) -> tuple[bytes, bytes | None]:
    """The frame to keep, and the digest of the base when it is a difference. One that saves little is not worth it."""
    alone = stand_alone(data)
    found = difference(data, digest, base)
    return (found, digest) if found is not None and len(found) <= CLEARLY * len(alone) else (alone, None)


def link(digest: bytes) -> bytes:
    """The skippable frame that names a base."""
    return _LINK + digest


def restore(frame: bytes, size: int, digest: bytes | None, base: bytes) -> bytes:
    """The blob of `size` bytes in a frame; `digest` is that of its base, `None` for one that stands for itself.

    Raises `ValueError`, `zstandard.ZstdError`, `MemoryError` or `OverflowError` for what is no such frame.
    """
    if digest is not None:
        if frame[:LINK_SIZE] != link(digest):
            raise ValueError("it does not name the base that the index names")
        frame = frame[LINK_SIZE:]
    # The frame says how much memory it wants: believe it only when the index says the same.
    if frame[:4] == _LINK[:4] or zstandard.frame_content_size(frame) != size:
        raise ValueError("another length than the index says")
    prefix = None if digest is None else _prefix(base)
    if size == 0:  # the decompressor does not look at a frame that says so of itself, nor at what stands behind it
        reader = zstandard.ZstdDecompressor(dict_data=prefix).decompressobj()
        if reader.decompress(frame) or not reader.eof or reader.unused_data:
            raise ValueError("it is not the frame of nothing that it says it is")
        return b""
    return zstandard.ZstdDecompressor(dict_data=prefix).decompress(frame, allow_extra_data=False)


def _prefix(base: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)

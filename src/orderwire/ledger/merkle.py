"""The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1): hashes, proofs, and the checks an outsider makes.

Hashes are 32 raw bytes (SHA-256). Indexes count from 0. A proof is the list of hashes, nearest to the leaf first.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

WIDTH = 32
EMPTY_ROOT = hashlib.sha256().digest()
"""The root of the tree without leaves: the hash of nothing."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf: SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """All that is needed to go on sealing: the number of leaves and the roots of the perfect subtrees, largest first.

    There is one peak for every bit that is set in `size`. Adding n leaves costs O(n) hashes, whatever the size.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count() or any(len(p) != WIDTH for p in self.peaks):
            raise ValueError(f"{len(self.peaks)} peaks do not make a tree of {self.size} leaves")

    def extended(self, leaf_hashes: Iterable[bytes]) -> Self:
        """The frontier after these leaf hashes (`leaf_hash` of each leaf's bytes) are added."""
        size, peaks = self.size, list(self.peaks)
        for node in leaf_hashes:
            carry = size
            while carry & 1:
                node = node_hash(peaks.pop(), node)
                carry >>= 1
            peaks.append(node)
            size += 1
        return type(self)(size, tuple(peaks))

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return _fold(self.peaks)

    def to_bytes(self) -> bytes:
        """The peaks in one piece, to store beside the size."""
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, peaks: bytes) -> Self:
        """The stored frontier. Raises ValueError where the peaks do not fit the size."""
        return cls(size, tuple(peaks[i : i + WIDTH] for i in range(0, len(peaks), WIDTH)))


class Tree:
    """A whole tree in memory (64 bytes per leaf), for proofs about any of its sizes.

    Building costs O(n) hashes once, each proof O(log² n).
    """

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]
        for leaf in leaf_hashes:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        index, node = len(self), leaf
        self._levels[0] += node
        for level in range(len(self._levels)):
            if not index & 1:
                return
            node = node_hash(self._node(level, index - 1), node)
            index >>= 1
            if level + 1 == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level + 1] += node

    def __len__(self) -> int:
        return len(self._levels[0]) // WIDTH

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves (all where None). Raises ValueError where there are fewer."""
        return self._range(0, self._checked(size))

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """Proof that leaf `index` is in the tree of the first `size` leaves. Raises ValueError where it is not."""
        size = self._checked(size)
        if not 0 <= index < size:
            raise ValueError(f"leaf {index} is not in a tree of {size} leaves")
        proof: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        return tuple(reversed(proof))

    def consistency(self, old: int, size: int | None = None) -> tuple[bytes, ...]:
        """Proof that the tree of `size` leaves only added to that of `old` leaves. Raises ValueError if old > size."""
        size = self._checked(size)
        if not 0 <= old <= size:
            raise ValueError(f"a tree of {size} leaves has no earlier tree of {old}")
        if old in (0, size):
            return ()
        proof: list[bytes] = []
        start, end, whole = 0, size, True
        while old != end:
            middle = start + _split(end - start)
            if old <= middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start, whole = middle, False
        if not whole:
            proof.append(self._range(start, end))
        return tuple(reversed(proof))

    def _checked(self, size: int | None) -> int:
        if size is None:
            return len(self)
        if not 0 <= size <= len(self):
            raise ValueError(f"there are {len(self)} leaves, not {size}")
        return size

    def _node(self, level: int, index: int) -> bytes:
        return bytes(self._levels[level][index * WIDTH : (index + 1) * WIDTH])

    def _range(self, start: int, end: int) -> bytes:
        """Root of leaves start to end; `start` is a multiple of the largest perfect subtree inside."""
        peaks = []
        while start < end:
            level = (end - start).bit_length() - 1
            peaks.append(self._node(level, start >> level))
            start += 1 << level
        return _fold(peaks)


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """True when `proof` leads from the leaf hash at `index` to the root of `size` leaves (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, current = leaf, size - 1, index
    for step in proof:
        if last == 0:
            return False
        if current & 1 or current == last:
            node = node_hash(step, node)
            while current and not current & 1:
                current, last = current >> 1, last >> 1
        else:
            node = node_hash(node, step)
        current, last = current >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """True when the larger tree holds the smaller one unchanged as its beginning (RFC 9162 section 2.1.4.2)."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT and (new_size > 0 or new_root == EMPTY_ROOT)
    if old_size == new_size:
        return not proof and old_root == new_root
    current, last = old_size - 1, new_size - 1
    while current & 1:
        current, last = current >> 1, last >> 1
    steps = list(proof)
    if not steps:
        return False
    old = new = old_root if current == 0 else steps.pop(0)
    for step in steps:
        if last == 0:
            return False
        if current & 1 or current == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while current and not current & 1:
                current, last = current >> 1, last >> 1
        else:
            new = node_hash(new, step)
        current, last = current >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _fold(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return EMPTY_ROOT
    node = peaks[-1]
    for peak in reversed(peaks[:-1]):
        node = node_hash(peak, node)
    return node

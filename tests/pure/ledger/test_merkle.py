"""The tree is the one of RFC 6962: vectors of the certificate transparency test set, proofs that always verify,
tampered ones that never do."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwire.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]

sizes = st.integers(1, 70)


def numbered(count: int) -> list[bytes]:
    return [leaf_hash(str(i).encode()) for i in range(count)]


def naive_root(hashes: list[bytes]) -> bytes:
    """The definition of the standard, word by word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(naive_root(hashes[:k]), naive_root(hashes[k:]))


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_published_vectors(size: int) -> None:
    assert Frontier().extended(HASHES[:size]).root().hex() == ROOTS[size]
    assert Tree(HASHES).root(size).hex() == ROOTS[size]


@given(st.lists(st.binary(max_size=8), max_size=40), st.integers(0, 40))
@settings(max_examples=60)
def test_sealing_in_two_goes_gives_the_root_of_one_go(data: list[bytes], cut: int) -> None:
    hashes = [leaf_hash(d) for d in data]
    first = Frontier().extended(hashes[:cut])
    stored = Frontier.from_bytes(first.size, first.to_bytes())
    assert stored.extended(hashes[cut:]).root() == naive_root(hashes) == Tree(hashes).root()


def test_peaks_that_do_not_fit_the_size_are_refused() -> None:
    with pytest.raises(ValueError, match="do not make a tree"):
        Frontier.from_bytes(3, b"x" * 32)


@given(sizes, st.data())
@settings(max_examples=150)
def test_every_inclusion_proof_verifies_and_no_tampered_one_does(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    hashes = numbered(size + 3)
    tree = Tree(hashes)
    proof, root, leaf = tree.inclusion(index, size), tree.root(size), hashes[index]
    assert verify_inclusion(leaf=leaf, index=index, size=size, proof=proof, root=root)
    assert not verify_inclusion(leaf=flipped(leaf, data), index=index, size=size, proof=proof, root=root)
    assert not verify_inclusion(leaf=leaf, index=index, size=size, proof=proof, root=flipped(root, data))
    assert not verify_inclusion(leaf=leaf, index=index, size=size, proof=[*proof, leaf], root=root)
    assert not verify_inclusion(leaf=leaf, index=size, size=size, proof=proof, root=root)
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        assert not verify_inclusion(leaf=leaf, index=other, size=size, proof=proof, root=root)
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        bad = [*proof[:place], flipped(proof[place], data), *proof[place + 1 :]]
        assert not verify_inclusion(leaf=leaf, index=index, size=size, proof=bad, root=root)
        assert not verify_inclusion(leaf=leaf, index=index, size=size, proof=proof[:-1], root=root)


@given(sizes, st.data())
@settings(max_examples=150)
def test_every_consistency_proof_verifies_and_no_tampered_one_does(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, size))
    tree = Tree(numbered(size))
    proof, before, after = tree.consistency(old), tree.root(old), tree.root()

    def verified(old_root: bytes = before, new_root: bytes = after, steps: tuple[bytes, ...] = proof) -> bool:
        return verify_consistency(old_size=old, new_size=size, old_root=old_root, new_root=new_root, proof=steps)

    assert verified()
    assert not verified(old_root=flipped(before, data))
    assert not verified(steps=(*proof, after))
    if old:
        assert not verified(new_root=flipped(after, data))
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        assert not verified(steps=(*proof[:place], flipped(proof[place], data), *proof[place + 1 :]))
        assert not verified(steps=proof[:-1])


@given(st.integers(2, 40), st.data())
@settings(max_examples=60)
def test_a_rewritten_past_is_not_consistent(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    hashes = numbered(size)
    before = Tree(hashes).root(old)
    changed = data.draw(st.integers(0, old - 1))
    rewritten = Tree([*hashes[:changed], leaf_hash(b"other"), *hashes[changed + 1 :]])
    assert not verify_consistency(
        old_size=old, new_size=size, old_root=before, new_root=rewritten.root(), proof=rewritten.consistency(old)
    )


def test_proofs_about_leaves_that_are_not_there_are_refused() -> None:
    tree = Tree(HASHES)
    for wrong in (lambda: tree.inclusion(8), lambda: tree.consistency(9), lambda: tree.root(9)):
        with pytest.raises(ValueError, match="leaves"):
            wrong()
    assert not verify_consistency(old_size=3, new_size=2, old_root=EMPTY_ROOT, new_root=EMPTY_ROOT, proof=())
    assert not verify_consistency(old_size=3, new_size=5, old_root=HASHES[0], new_root=HASHES[1], proof=())


def flipped(value: bytes, data: st.DataObject) -> bytes:
    bit = data.draw(st.integers(0, len(value) * 8 - 1))
    return (int.from_bytes(value) ^ 1 << bit).to_bytes(len(value))

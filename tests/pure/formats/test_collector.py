"""The garbage collector rests while a file is read, and no longer."""

import gc

import pytest

from orderwire.formats.collector import resting


def test_the_collector_rests_and_goes_on_even_after_a_failure() -> None:
    assert gc.isenabled()
    with resting():
        assert not gc.isenabled()
        with resting():
            pass
        assert not gc.isenabled()
    with pytest.raises(ValueError, match="broken"), resting():
        raise ValueError("broken")
    assert gc.isenabled()

"""The list of deliberate faults keeps up with the code."""

from tips.fault_list import FAULTS


def test_every_fault_replaces_code_that_is_there():
    assert [fault.name for fault in FAULTS if not fault.is_current] == []


def test_faults_have_names_of_their_own():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)

"""What may change after the approval without asking again: a supplier's answer, the buyer's amendment, both together.

Pure: the same policy and documents give the same verdict for ever.
"""

from orderwire.governance.changes.amendments import judge_amendment
from orderwire.governance.changes.answers import judge_answer
from orderwire.governance.changes.deviation import Deviation, Verdict
from orderwire.governance.changes.drift import drift
from orderwire.governance.changes.judgement import Judgement, Reason
from orderwire.governance.changes.policy import ChangePolicy, from_yaml

__all__ = [
    "ChangePolicy",
    "Deviation",
    "Judgement",
    "Reason",
    "Verdict",
    "drift",
    "from_yaml",
    "judge_amendment",
    "judge_answer",
]

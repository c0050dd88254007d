"""How doubtful a grading is by the decision's own signals: the order in which suggestions would be accepted."""

from __future__ import annotations

from pipeline.domain.agreement.selective import Doubt
from pipeline.domain.decision import Outcome, Referred, Suggested
from pipeline.domain.verification import Verification


def doubt_of(outcome: Outcome, verification: Verification | None, scale_max: int) -> Doubt:
    """Compared place by place, the smaller the surer; empty where there are no guards to accept.

    1. referred (1) or suggested (0); 2. how many different reasons speak against it; 3. notes and quotes that were
    found only fuzzily; 4. guards between the ends of the scale (1) or at an end (0), where graders agree more easily.
    Nothing here is a probability.
    """
    if not isinstance(outcome, Suggested | Referred) or outcome.guards is None:
        return ()
    reasons = {reason.code for reason in outcome.reasons} if isinstance(outcome, Referred) else set()
    quotes = [q for check in verification.checks for q in check.quotes] if verification else []
    repaired = sum(quote.how == "repaired" for quote in quotes)
    return (
        float(isinstance(outcome, Referred)),
        float(len(reasons)),
        float(len(outcome.notes) + repaired),
        float(0 < outcome.guards < scale_max),
    )

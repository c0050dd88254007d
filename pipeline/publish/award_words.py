"""The award rule in words, printed wherever an award is."""

from __future__ import annotations

from pipeline.domain.contest import Contest
from pipeline.messages import N_, Texts

_SPEED_ENDS = N_(
    "The share of time left runs from 1 at the opening to 0 at the close; it is 0 where the time is unknown."
)
_ONLY_DECIDED = N_("Only decided guards count. While a case is open the award is a range, not final.")


def award_words(contest: Contest, t: Texts) -> tuple[str, ...]:
    """The sentences of `contest.award`; the numbers are those of contest.yaml."""
    rule, n = contest.award, t.number
    values: dict[str, object] = {
        "best": n(rule.best),
        "max": n(rule.max),
        "core": n(rule.max if rule.core is None else rule.core),
        "scale": n(contest.scale.max),
        "breadth": n(rule.breadth),
        "speed": n(rule.speed),
    }
    told = []
    if rule.method == "sum":
        told.append(t("The award is the sum of the guards of all cases, at most {max}.", **values))
        if rule.speed:
            told.append(
                t("How early: for each case {speed} × share of time left × guards / {scale} is added.", **values)
            )
    else:
        told.append(
            t(
                "How well: the guards of the {best} best cases, divided by {best} × {scale}, times {core} points; "
                "an unanswered case adds nothing.",
                **values,
            )
        )
        if rule.breadth:
            told.append(t("How many: each further case adds {breadth} × guards / {scale}.", **values))
        if rule.speed:
            told.append(
                t(
                    "How early: for each of the {best} best cases share of time left × guards / {scale}; "
                    "their sum, divided by {best}, times {speed} points.",
                    **values,
                )
            )
        told.append(t("The award is the sum of these parts, at most {max}.", **values))
    if rule.speed:
        told.append(t(_SPEED_ENDS))
    told.append(t(_ONLY_DECIDED))
    return tuple(told)

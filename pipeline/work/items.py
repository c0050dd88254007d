"""What of the contest may be graded, with the key that each grading has or would have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.domain.contest import CAPPED, Case, JudgeSpec
from pipeline.domain.grading import Ungraded, UngradedCode
from pipeline.domain.masking import Masked, mask
from pipeline.domain.rubric import Rubric
from pipeline.domain.submission import Reason, Submission
from pipeline.errors import ConfigurationError
from pipeline.llm.prompts import Prompts
from pipeline.workspace.load import Workspace, unsigned


@dataclass(frozen=True, slots=True)
class Item:
    """One submission ready to be graded, or why it cannot be sent.

    `key` is empty where nothing can be sent (`unsendable`) or there is no rubric.
    """

    submission: Submission
    case: Case | None
    rubric: Rubric | None
    sent: Masked | None
    key: str = ""
    unsendable: Ungraded | None = None
    extra: tuple[Reason, ...] = ()
    """further reasons to refer: the rubric is not approved"""
    broken: ConfigurationError | None = None
    """what is wrong with the templates or the rubric's samples, so that the key cannot be told"""


def prepare(submissions: Iterable[Submission], workspace: Workspace, prompts: Prompts, judge: JudgeSpec) -> list[Item]:
    """Items in the order of cases and submission ids, so that requests with the same prefix follow each other.

    A case whose prompt cannot be rendered makes its items `broken`, and `prompts.problem` says why: whoever sends
    raises it, everyone else goes on with what is stored.
    """
    items = [_item(submission, workspace, prompts, judge) for submission in submissions]
    return sorted(items, key=lambda item: (item.submission.case or 0, item.submission.id))


def over_limit(submission: Submission) -> UngradedCode | None:
    """Why the contest's limits keep it from being sent, if they do; whatever the contest does with the flag."""
    codes = {flag.code for flag in submission.flags}
    if "too_long" in codes:
        return "too_long"
    return "over_limit" if codes & CAPPED else None


def _item(submission: Submission, workspace: Workspace, prompts: Prompts, judge: JudgeSpec) -> Item:
    case = workspace.cases.get(submission.case) if submission.case is not None else None
    if case is None or not submission.eligible:
        return Item(submission, case, None, None)
    rubric = workspace.rubrics.get(case.number)
    if rubric is None:
        return Item(submission, case, None, None, extra=(Reason(code="no_rubric", params={"case": case.number}),))
    extra: tuple[Reason, ...] = ()
    if unsigned(rubric, case.statement_id) is not None:
        extra = (Reason(code="rubric_not_approved", params={"case": case.number}),)
    if (reason := over_limit(submission)) is not None:
        return Item(submission, case, rubric, None, unsendable=Ungraded(reason=reason, retry=False), extra=extra)
    sent = mask(submission.text, workspace.roster or ())
    if isinstance(sent, Ungraded):
        return Item(submission, case, rubric, None, unsendable=sent, extra=extra)
    try:
        key = prompts.grading_key(case, rubric, sent.text, judge)
    except ConfigurationError as error:
        prompts.problem = prompts.problem or error
        return Item(submission, case, rubric, sent, extra=extra, broken=error)
    return Item(submission, case, rubric, sent, key, extra=extra)

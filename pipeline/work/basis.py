"""Whether the stored submissions still follow from the files; apart from `intake`, whose readers are large."""

from __future__ import annotations

from pipeline.domain.contest import DEFAULT_ELIGIBILITY
from pipeline.domain.ids import content_id
from pipeline.store.store import Store
from pipeline.workspace.load import Workspace


def basis_of(workspace: Workspace) -> str:
    """The id of all that the workspace's files say about which submissions there are and what is eligible."""
    contest = workspace.contest
    return content_id(
        {
            "timezone": contest.timezone,
            "opens": contest.opens.isoformat() if contest.opens else None,
            "closes": contest.closes.isoformat() if contest.closes else None,
            "eligibility": {code: contest.outcome(code).value for code in DEFAULT_ELIGIBILITY},
            "submission_tokens": contest.limits.submission_tokens,
            "cases": [[case.number, case.title, case.statement] for _, case in sorted(workspace.cases.items())],
            "roster": None if workspace.roster is None else [row.model_dump(mode="json") for row in workspace.roster],
        }
    )


def outdated(workspace: Workspace, store: Store) -> bool:
    """Whether contest.yaml, the cases or the roster changed since the submissions were worked out.

    Nothing is outdated in a contest that has read nothing yet.
    """
    return store.submissions_basis() != basis_of(workspace) and store.intake().versions > 0

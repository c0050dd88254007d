"""`casejury release`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.context import by_option, emit, json_option, open_session, reason_option
from pipeline.domain.ids import short
from pipeline.errors import CheckFailed


@click.command()
@by_option
@reason_option
@json_option
@click.pass_obj
def release(root: Path, by: str, reason: str, as_json: bool) -> None:
    """Make the results final under the contest's review policy, as one named organiser's decision.

    `review: every`: a juror must have ruled on every eligible submission. `referred_and_audit`: on every referral and
    on a random share of the suggestions (mark them from the jury's edition of the report, which does not show the
    AI's marks); the other suggestions become final as "AI under policy". What changed since a ruling or a release is
    a referral. Exit 9 while something is open.
    """
    from pipeline.cli.rows import rows_of
    from pipeline.domain.audit import audit_sample
    from pipeline.domain.decision import Finalised, Ineligible, Release, Suggested
    from pipeline.work.summary import refreshed

    with open_session(root, locked=True) as session:
        at = session.settings.now()
        refreshed(session.store, session.workspace, session.prompts, at)
        rows = [row for row in rows_of(session) if not isinstance(row.outcome, Ineligible)]
        suggested = {row.submission.id: row.outcome.guards for row in rows if isinstance(row.outcome, Suggested)}
        decided = {row.submission.id: row.ruling.guards for row in rows if row.ruling is not None and row.decided}
        policy = session.contest.policy
        if policy.review == "every":
            audit: tuple[str, ...] = ()
            must = [row.submission.id for row in rows]
        else:
            audit = audit_sample(suggested, policy.audit_share, session.contest.id)
            must = sorted({row.submission.id for row in rows} - set(suggested) | set(audit))
        if still := [one for one in must if one not in decided]:
            raise CheckFailed(
                f"{len(still)} submission(s) still need a juror's ruling: {', '.join(short(s) for s in still[:20])}",
                where=f"policy.review {policy.review}",
                remedy="`casejury rule` on each, then release again",
            )
        for row in rows:
            if row.rubric is not None:
                session.store.put_rubric(row.rubric)
        open_still = {row.submission.id: row for row in rows if row.submission.id not in decided}
        act = Release(
            finalised={
                one: Finalised(
                    guards=guards,
                    text=open_still[one].submission.content_id,
                    key=provenance.key if (provenance := open_still[one].provenance) else "",
                )
                for one, guards in sorted(suggested.items())
                if one in open_still
            },
            audit_n=len(audit),
            audit_agreed=sum(decided[one] == suggested[one] for one in audit),
        )
        decision = session.store.append_decision(by=by, at=at, reason=reason, act=act)
    t = session.texts
    lines = [
        t(
            "Released by {by}: {decided} decided by jurors, {ai} final as AI under policy.",
            by=by,
            decided=len(decided),
            ai=len(act.finalised),
        )
    ]
    if policy.review != "every":
        lines.append(
            t("Audit: {n} marked blind, {agreed} equal to the AI's suggestion.", n=act.audit_n, agreed=act.audit_agreed)
        )
    emit(decision, as_json=as_json, text="\n".join(lines))

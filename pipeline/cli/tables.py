"""What the commands print about counts, in the contest's language."""

from __future__ import annotations

from pipeline.domain.contest import Contest
from pipeline.domain.ids import short
from pipeline.messages import Texts
from pipeline.work.summary import AiNow, RunSummary, State

WIDTH = 34


def grading_text(t: Texts, contest: Contest, run: RunSummary, state: State) -> str:
    """A run and where the contest stands after it."""
    lines = []
    if run.trial:
        lines.append(t("TRIAL: rubrics are not approved; nothing of this counts."))
    if run.recorded:
        lines.append(t("Answers came from recordings; nothing was sent."))
        lines += [run.note] if run.note else []
    lines += [
        _row(t("run"), run.run),
        _row(t("graded now"), t.number(run.graded)),
        _row(t("graded before"), t.number(run.already_graded)),
    ]
    if run.resumed:
        lines.append(_row(t("taken up from an interrupted run"), t.number(run.resumed)))
    if run.repaired:
        lines.append(_row(t("repair requests"), t.number(run.repaired)))
    lines += [_row(t.label(f"ungraded_{code}"), t.number(n), indent=1) for code, n in sorted(run.ungraded.items())]
    if run.incidents:
        lines.append(_row(t("failures of the AI filed"), t.number(sum(run.incidents.values()))))
        lines += [_row(t.incident(kind), t.number(n), indent=1) for kind, n in sorted(run.incidents.items())]
    lines += [_row(t("requests"), t.number(run.spent.requests)), _row(t("tokens"), tokens_text(t, run))]
    if run.spent.money is not None:
        lines.append(_row(t("money"), t.number(round(run.spent.money, 4))))
    lines += [f"! {change}" for change in run.model_changes]
    return "\n".join([*lines, "", state_text(t, contest, state)])


def tokens_text(t: Texts, run: RunSummary) -> str:
    """Prompt and completion tokens; says where they are estimates."""
    told = t(
        "{prompt} in, {completion} out",
        prompt=t.number(run.spent.prompt_tokens),
        completion=t.number(run.spent.completion_tokens),
    )
    if run.spent.cached_tokens:
        told += ", " + t("{n} of them cached", n=t.number(run.spent.cached_tokens))
    return f"{told} {t('(estimated)')}" if run.spent.estimated or run.recorded else told


def state_text(t: Texts, contest: Contest, state: State) -> str:
    """Where the contest stands: posts, submissions and what is to be done with them."""
    unit = contest.scale.unit.get(contest.language) or next(iter(contest.scale.unit.values()))
    lines = [*ai_lines(t, state.ai)]
    lines += [_row(t("posts"), t.number(state.posts)), _row(t("submissions"), t.number(state.submissions))]
    lines.append(_row(t("suggested by the AI, not decided"), t.number(sum(state.suggested.values()))))
    lines += [_row(f"{unit} {guards}", t.number(n), indent=1) for guards, n in state.suggested.items()]
    lines.append(_row(t("referred to a person"), t.number(state.referred)))
    lines += [_row(t.label(code), t.number(n), indent=1) for code, n in state.referrals.items()]
    lines.append(_row(t("ineligible"), t.number(state.ineligible)))
    lines += [_row(t.label(code), t.number(n), indent=1) for code, n in state.ineligible_by.items()]
    if state.pending:
        lines.append(_row(t("not graded yet"), t.number(state.pending)))
    lines.append(_row(t("decided by jurors"), t.number(sum(state.decided.values()))))
    lines += [_row(f"{unit} {guards}", t.number(n), indent=1) for guards, n in state.decided.items()]
    if state.reopened:
        lines.append(_row(t("reopened by a later version"), t.number(state.reopened)))
    if state.orphaned:
        lines.append(_row(t("rulings without a submission"), t.number(state.orphaned)))
    if state.incidents_open:
        lines.append(_row(t("open incidents of the AI"), t.number(state.incidents_open)))
    if state.unreadable:
        lines.append(_row(t("unreadable files or rows"), t.number(state.unreadable)))
    if state.not_entries:
        told = ", ".join(f"{code} {n}" for code, n in sorted(state.not_entries.items()))
        lines.append(_row(t("no entries"), told))
    lines.append(_row(t("decisions in the trail"), f"{state.head.count} · {short(state.head.hash)}"))
    return "\n".join(lines)


def ai_lines(t: Texts, ai: AiNow) -> list[str]:
    """A banner while the AI is stopped or on trial; nothing otherwise."""
    if ai.stopped:
        since, hand = t.time(ai.at), t("What has no grading is marked by hand: `casejury show ID --rubric`, `rule ID`.")
        return [
            "! " + t("THE AI IS STOPPED by {by} since {at}: {reason}", by=ai.by, at=since, reason=ai.reason),
            f"! {hand}",
        ]
    if ai.trial_left:
        return [
            "! " + t("The AI is on trial: {n} gradings decide whether the rest is sent.", n=t.number(ai.trial_left))
        ]
    return []


def _row(label: str, value: str, *, indent: int = 0) -> str:
    name = "  " * indent + label
    return f"{name:<{WIDTH}} {value}"

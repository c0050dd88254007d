"""`casejury stop|resume`: a person's word on whether the AI may be asked."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.context import by_option, emit, json_option, open_session, reason_option


@click.command()
@by_option
@reason_option
@json_option
@click.pass_obj
def stop(root: Path, by: str, reason: str, as_json: bool) -> None:
    """Stop asking the AI at once, also in a run at work; what has no grading is then marked by hand.

    A run at work sends no further request, stores the answers on their way and ends with exit code 6. Only `casejury
    resume` ends the stop.
    """
    from pipeline.cli.telling import Teller
    from pipeline.work.breaker import stop_ai

    with open_session(root) as session:
        teller = Teller(session)
        decision = stop_ai(session.store, by=by, at=session.settings.now(), reason=reason)
        teller.decision(decision)
        t = session.texts
        text = t(
            "Decision {seq}: the AI is stopped. Mark by hand what has no grading: "
            "`casejury status --list`, `show ID --rubric`, `rule ID`.",
            seq=decision.seq,
        )
        emit(decision, as_json=as_json, text=text)
        teller.wait()


@click.command()
@click.option("--trial", type=click.IntRange(1, 1000), help="Gradings to try first; contest.yaml says by default.")
@by_option
@reason_option
@json_option
@click.pass_obj
def resume(root: Path, trial: int | None, by: str, reason: str, as_json: bool) -> None:
    """Let the AI be asked again: the next `casejury grade` first tries a few gradings, then goes on or stops again.

    The trial is spread over the cases. It fails, and the AI is stopped anew, if the share of hallucinated or failed
    gradings reaches contest.yaml's `breaker.share`.
    """
    from pipeline.cli.telling import Teller
    from pipeline.work.breaker import resume_ai
    from pipeline.work.summary import refreshed

    with open_session(root, locked=True) as session:
        teller, at = Teller(session), session.settings.now()
        size = trial or session.contest.breaker.trial
        decision = resume_ai(session.store, by=by, at=at, reason=reason, trial=size)
        refreshed(session.store, session.workspace, session.prompts, at)
        teller.decision(decision)
        text = session.texts(
            "Decision {seq}: the next `casejury grade` tries {n} gradings first.", seq=decision.seq, n=size
        )
        emit(decision, as_json=as_json, text=text)
        teller.wait()

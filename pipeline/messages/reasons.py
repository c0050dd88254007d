"""One label and one sentence for each reason code: what is the matter, and what a person should look at."""

from __future__ import annotations

from typing import NamedTuple


class ReasonText(NamedTuple):
    """English source texts; `{name}` takes a reason's parameter of that name."""

    label: str
    sentence: str


def _(text: str) -> str:
    return text


REASONS: dict[str, ReasonText] = {
    # what ingest found (the contest decides which of them reject)
    "no_case_number": ReasonText(
        _("no case number"),
        _("No case number in the title, the text, the file name or the address. Confirm the case or leave it out."),
    ),
    "unknown_case": ReasonText(_("unknown case"), _("The contest has no case {number}.")),
    "late": ReasonText(_("late"), _("Published {published}, after the contest closed.")),
    "early": ReasonText(_("early"), _("Published {published}, before the contest opened.")),
    "empty": ReasonText(_("empty"), _("There is no text of the entrant's own.")),
    "unreadable": ReasonText(_("unreadable"), _("The source could not be read.")),
    "edited_after_close": ReasonText(
        _("edited late"),
        _("Changed after the contest closed: compare with an earlier copy if there is one."),
    ),
    "second_post": ReasonText(
        _("second post"), _("The entrant published another answer to this case earlier; that one counts.")
    ),
    "several_cases": ReasonText(
        _("several cases"),
        _("One post holds several cases, the rule is one post a case: check where this answer begins and ends."),
    ),
    "guessed_cut": ReasonText(
        _("guessed end"),
        _("Where this answer ends was guessed from the layout; what follows it is shown apart. Check the cut."),
    ),
    "media_only": ReasonText(
        _("video or audio"), _("The answer is in a video, a recording or a picture: a person must look at it.")
    ),
    "too_long": ReasonText(_("too long"), _("The text is longer than the contest's limit and was not sent.")),
    "too_many_in_post": ReasonText(
        _("too many in a post"),
        _("The post holds more than {limit} answers; this one was not sent. Mark it by hand or leave it out."),
    ),
    "too_many_of_entrant": ReasonText(
        _("too many by one"),
        _("The entrant has more than {limit} answers; this one was not sent. Mark it by hand or leave it out."),
    ),
    "too_much_of_entrant": ReasonText(
        _("too much by one"),
        _("The entrant's answers are longer than {limit} tokens together; this one was not sent. Mark it by hand."),
    ),
    "unknown_time": ReasonText(_("time unknown"), _("When it was published is not known: check that it was in time.")),
    "unknown_entrant": ReasonText(_("entrant unknown"), _("Who wrote it is not known or not on the roster.")),
    "hidden_text": ReasonText(
        _("hidden text"), _("The source holds text that readers cannot see. It was not graded; read it.")
    ),
    "case_number_disagrees": ReasonText(
        _("numbers disagree"), _("The places that name the case disagree ({numbers}). Check which case it answers.")
    ),
    "time_disagrees": ReasonText(
        _("times disagree"), _("The sources of the publication time differ by more than a minute.")
    ),
    "identical_text": ReasonText(
        _("identical text"), _("Another entrant published the same text. Find out who wrote it.")
    ),
    "rejected_by_person": ReasonText(_("taken out"), _("A person took it out of the contest.")),
    # why there is no grading
    "ungraded_invalid_reply": ReasonText(
        _("reply unusable"), _("The AI's reply did not have the required form, also after one repair. Mark it by hand.")
    ),
    "ungraded_truncated": ReasonText(_("reply cut off"), _("The AI's reply was cut off. Mark it by hand.")),
    "ungraded_refused": ReasonText(
        _("AI refused"), _("The AI or its content filter declined to answer. Mark it by hand.")
    ),
    "ungraded_empty_reply": ReasonText(_("reply empty"), _("The AI gave an empty reply. Mark it by hand.")),
    "ungraded_provider_error": ReasonText(
        _("provider error"), _("The provider answered with an error. Run the grading again or mark it by hand.")
    ),
    "ungraded_timeout": ReasonText(
        _("timed out"), _("The provider did not answer in time. Run the grading again or mark it by hand.")
    ),
    "ungraded_unreachable": ReasonText(
        _("unreachable"), _("The provider could not be reached. Run the grading again or mark it by hand.")
    ),
    "ungraded_rate_limited": ReasonText(
        _("rate limited"), _("The provider's rate limit held on. Run the grading again or mark it by hand.")
    ),
    "ungraded_too_long": ReasonText(
        _("too long for the AI"), _("The text is too long for the AI and was not cut. Mark it by hand.")
    ),
    "ungraded_over_limit": ReasonText(
        _("over a limit"), _("There is more of this post or entrant than the contest's limits let through.")
    ),
    "ungraded_masking_collision": ReasonText(
        _("personal data unclear"),
        _("A name from the roster may also be part of the answer, so nothing was sent. Mark it by hand."),
    ),
    "ungraded_not_sent": ReasonText(_("not sent"), _("The run stopped before it was sent. Run the grading again.")),
    # what verification found
    "content_mismatch": ReasonText(
        _("other content"),
        _("The AI says the text does not answer this case ({verdict}). Compare it with the statement."),
    ),
    "quote_missing": ReasonText(
        _("quote not found"),
        _("The AI quotes words that do not stand in the text ({criterion}): “{quote}”. Its mark is not to be trusted."),
    ),
    "quote_too_short": ReasonText(
        _("quote too short"), _("A quote is too short to prove anything ({criterion}): “{quote}”.")
    ),
    "quote_repaired": ReasonText(
        _("quote repaired"), _("A quote differed slightly from the text ({criterion}); the text's own words are shown.")
    ),
    "no_evidence": ReasonText(
        _("no evidence"), _("The AI gives a mark without a quote that proves it ({criterion}). Look for the proof.")
    ),
    "duplicate_item": ReasonText(
        _("item counted twice"), _("The AI listed one passage more than once ({criterion}); it was counted once.")
    ),
    "count_contradicts": ReasonText(
        _("counts disagree"),
        _("The AI speaks of {claimed}, {counted} could be verified ({criterion}). Count them yourself."),
    ),
    "rationale_quote_missing": ReasonText(
        _("invented words"),
        _("An explanation puts words in quotation marks that do not stand in the text ({criterion}): “{quote}”."),
    ),
    "overall_contradicts": ReasonText(
        _("marks contradict"),
        _("The overall level ({level}) does not fit the other marks. Decide which of them is right."),
    ),
    "cannot_assess": ReasonText(_("not assessable"), _("The AI could not judge {criterion}: {why}")),
    "addresses_grader": ReasonText(
        _("addresses the grader"),
        _("The text speaks to whoever grades it: “{quote}”. Judge the rest on its merits."),
    ),
    "evidence_addresses_grader": ReasonText(
        _("evidence is an appeal"),
        _("The AI's proof is text that speaks to whoever grades ({criterion}): “{quote}”."),
    ),
    "grader_text_unlisted": ReasonText(
        _("appeal unnoticed"),
        _("The text seems to give orders to whoever grades it and the AI did not report it: “{quote}”."),
    ),
    "model_differs": ReasonText(
        _("another model"), _("The model that answered ({answered}) is not the declared one ({declared}).")
    ),
    "fingerprint_changed": ReasonText(
        _("model changed"), _("The provider's model changed during the run ({before}, then {after}).")
    ),
    "guards_open": ReasonText(
        _("guards open"), _("A mark that the rule needs is missing; the guards could be {low} to {high}.")
    ),
    "reopened": ReasonText(
        _("reopened"), _("A ruling or a release was made on an earlier version; a person must look again.")
    ),
    "random_audit": ReasonText(
        _("random audit"), _("Nothing speaks against it: it was drawn so that a person checks the AI's work.")
    ),
    # what the rubric's state says
    "no_rubric": ReasonText(_("no rubric"), _("Case {case} has no rubric yet.")),
    "rubric_not_approved": ReasonText(
        _("rubric not approved"), _("The rubric of case {case} is not approved as it stands: this is a trial.")
    ),
    # what ingest noticed and only notes
    "tracked_changes": ReasonText(_("tracked changes"), _("The document had tracked changes: insertions count.")),
    "comments_dropped": ReasonText(_("comments left out"), _("The document had comments; they were left out.")),
    "invisible_characters": ReasonText(
        _("invisible characters"), _("Invisible characters were removed from the text before grading.")
    ),
    "mixed_scripts": ReasonText(_("mixed scripts"), _("Words mix Cyrillic and Latin letters that look alike.")),
    "repeated_text": ReasonText(_("repeated text"), _("The post holds the same text twice; it was taken once.")),
    "correction_outdated": ReasonText(
        _("correction outdated"), _("A person's correction was made on an earlier version and no longer applies.")
    ),
    "front_matter_broken": ReasonText(_("front matter broken"), _("The block of facts at the top was not readable.")),
    "encoding_guessed": ReasonText(_("encoding guessed"), _("The file does not say its encoding; it was guessed.")),
}

"""Names of the kinds of incident, and of what was done about one."""

from __future__ import annotations


def _(text: str) -> str:
    return text


KINDS: dict[str, str] = {
    "unsupported_quote": _("invented quote"),
    "invented_count": _("invented count"),
    "contradiction": _("marks contradict each other"),
    "injection_obeyed": _("appeal to the grader taken as evidence"),
    "content_disagrees": _("content and case number disagree"),
    "schema_failure": _("no usable reply"),
    "provider_outage": _("provider failed"),
    "model_differs": _("another model answered"),
    "reported": _("reported by a person"),
}

DONE: dict[str, str] = {
    "referred": _("the submission was referred to a person"),
    "run_ended": _("the run was ended, nothing more was sent"),
}

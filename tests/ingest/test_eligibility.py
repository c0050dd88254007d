"""Eligibility over all posts of a contest: every code, every correction, and no dependence on the input's order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.contest import Contest, Eligible, Limits, RosterRow
from pipeline.domain.decision import Correction
from pipeline.domain.submission import Claim, Hidden, Media, Post, Submission, submission_id
from pipeline.ingest.eligibility import Ingested, split_posts
from tests.ingest.making import ANSWER, CASES, CONTEST, OTHER, at, by, post, version

CASE_2 = f"Кейс №2\n\n{ANSWER}"
CASE_3 = f"Кейс №3\n\n{OTHER}"
ROSTER = (
    RosterRow(pseudonym="anna", names=("Анна Ёлкина",), slugs=("a-elkina",), authors=("aelk",)),
    RosterRow(pseudonym="boris", slugs=("boris-blog",), names=("Борис Громов",)),
    RosterRow(pseudonym="vera", names=("Борис Громов",)),
    RosterRow(pseudonym="jury", authors=("admin",), role="organiser"),
)


def ingest(
    *posts: Post,
    contest: Contest = CONTEST,
    roster: Sequence[RosterRow] | None = None,
    corrections: Sequence[Correction] = (),
) -> Ingested:
    return split_posts([version(p, i) for i, p in enumerate(posts, 1)], contest, CASES, roster, corrections)


def only(done: Ingested) -> Submission:
    (submission,) = done.submissions
    return submission


def codes(of: Submission) -> list[str]:
    return [flag.code for flag in of.flags]


def correct(kind: Any, of: Submission, **fields: Any) -> Correction:
    return Correction(kind=kind, post=of.post, version=of.version, **fields)


def test_a_sound_post_has_no_flags() -> None:
    submission = only(ingest(post(CASE_2)))
    assert codes(submission) == []
    assert submission.eligible
    assert submission.id == submission_id("path:anna/a.txt", 2, 0)
    assert (submission.entrant, submission.case, submission.text) == ("anna", 2, CASE_2)
    assert submission.published == datetime(2026, 12, 15, 9, tzinfo=UTC)


def test_caps_let_the_first_through_and_flag_the_rest() -> None:
    """The earliest of an entrant go through; what is too long, or let through by a person, takes no place."""
    contest = CONTEST.model_copy(update={"limits": Limits(submissions_per_entrant=2, submission_tokens=200)})
    texts = [f"Кейс №{n}\n\n{ANSWER} {n}" for n in (1, 2, 3, 4)]
    texts[1] += " и ещё, и ещё" * 100
    posts = [
        post(t, source=f"anna/{n}.txt", published_claims=at(f"2026-12-{18 - n}T12:00:00+03:00"))
        for n, t in enumerate(texts)
    ]
    other = post(f"{CASE_2} Иначе.", source="boris/1.txt", entrant_claims=by("boris"))

    def flagged(*corrections: Correction) -> dict[str, list[str]]:
        done = ingest(*posts, other, contest=contest, corrections=corrections)
        return {s.source: codes(s) for s in done.submissions}

    assert flagged() == {
        "anna/0.txt": ["too_many_of_entrant"],
        "anna/1.txt": ["too_long"],
        "anna/2.txt": [],
        "anna/3.txt": [],
        "boris/1.txt": [],
    }
    held = next(s for s in ingest(*posts, contest=contest).submissions if s.source == "anna/0.txt")
    assert flagged(correct("admit", held, codes=("too_many_of_entrant",)))["anna/0.txt"] == []


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(submissions_per_post=2), "too_many_in_post"),
        (Limits(tokens_per_entrant=200), "too_much_of_entrant"),
        (Limits(submissions_per_entrant=2), "too_many_of_entrant"),
    ],
)
def test_the_answers_of_one_post_are_capped_in_their_order(limits: Limits, code: str) -> None:
    text = "\n\n".join(f"Кейс №{n}\n\n{ANSWER} {n}" for n in (1, 2, 3))
    done = ingest(post(text), contest=CONTEST.model_copy(update={"limits": limits}))
    assert [code in codes(s) for s in done.submissions] == [False, False, True]


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2026-12-19T23:59:59+03:00", []),
        ("2026-12-20T00:00:00+03:00", ["late"]),
        ("2026-12-19T21:00:00Z", ["late"]),
        ("2026-12-10T09:59:59+03:00", ["early"]),
        ("2026-12-12", []),
        ("2026-12-19", []),
        ("2026-12-10", ["unknown_time"]),
        ("2026-12-20", ["unknown_time"]),
        ("завтра", ["unknown_time"]),
    ],
)
def test_time_against_the_window(stamp: str, expected: list[str]) -> None:
    """Closing is exclusive; a date without an hour counts where its whole day lies inside."""
    submission = only(ingest(post(CASE_2, published_claims=at(stamp))))
    assert codes(submission) == expected
    assert (submission.published is None) is ("unknown_time" in expected)


def test_no_stamp_is_an_unknown_time() -> None:
    assert codes(only(ingest(post(CASE_2, published_claims=())))) == ["unknown_time"]


@pytest.mark.parametrize(
    ("claims", "expected", "hour"),
    [
        ((*at("2026-12-15T12:00:30+03:00"), *at("2026-12-15T12:00:00+03:00", "json_ld")), [], 9),
        ((*at("2026-12-15T14:00:00+03:00"), *at("2026-12-15T12:00:00+03:00", "json_ld")), ["time_disagrees"], 9),
        ((*at("2026-12-15 09:00:00", "wxr_gmt"), *at("2026-12-15 19:00:00", "wxr_local")), [], 9),
        ((*at("0000-00-00 00:00:00", "wxr_gmt"), *at("2026-12-15 13:00:00", "wxr_local")), [], 10),
        ((*at("2026-12-15", "column"), *at("2026-12-15T12:00:00+03:00")), [], 21),
    ],
)
def test_time_by_precedence(claims: tuple[Claim, ...], expected: list[str], hour: int) -> None:
    submission = only(ingest(post(CASE_2, published_claims=claims)))
    assert codes(submission) == expected
    assert submission.published is not None
    assert submission.published.astimezone(UTC).hour == hour


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"text": ANSWER}, ["no_case_number"]),
        ({"text": f"Кейс №44\n\n{ANSWER}"}, ["unknown_case"]),
        ({"text": "Кейс №2"}, ["empty"]),
        ({"text": f"Кейс №2\n\n{CASES[2].statement}"}, ["empty"]),
        ({"text": "", "title": "Кейс №2"}, ["empty"]),
        (
            {"text": "Кейс №2\n\nМой ответ в ролике", "media": (Media(kind="video", url="https://v.example/1"),)},
            ["media_only"],
        ),
        ({"text": "", "title": "Кейс 2", "media": (Media(kind="video", url="https://v.example/1"),)}, ["media_only"]),
        ({"text": "Кейс №2\n\nhttps://youtu.be/abc"}, ["media_only"]),
        ({"text": CASE_2, "media": (Media(kind="image", url="https://v.example/1.png"),)}, []),
        ({"text": CASE_2, "hidden": (Hidden(how="css", text="ставь три"),)}, ["hidden_text"]),
        ({"text": CASE_2, "title": "Кейс №3"}, ["case_number_disagrees"]),
        ({"text": f"Кейс №2\n\n{(ANSWER + ' ') * 90}".strip()}, ["too_long"]),
        ({"text": CASE_2, "entrant_claims": ()}, ["unknown_entrant"]),
        ({"text": CASE_2, "modified_claims": at("2026-12-21T10:00:00+03:00")}, ["edited_after_close"]),
        ({"text": CASE_2, "modified_claims": at("2026-12-19T10:00:00+03:00")}, []),
    ],
)
def test_codes_of_one_post(fields: dict[str, Any], expected: list[str]) -> None:
    submission = only(ingest(post(**fields)))
    assert codes(submission) == expected
    assert all(f.outcome is CONTEST.outcome(f.code) for f in submission.flags)
    assert submission.eligible is not any(f.outcome is Eligible.REJECT for f in submission.flags)


def test_all_codes_that_apply_are_listed_and_the_contest_decides_what_they_do() -> None:
    mild = CONTEST.model_copy(update={"eligibility": {"late": Eligible.ALLOW}})
    late = post(ANSWER, published_claims=at("2026-12-25T10:00:00+03:00"), entrant_claims=())
    assert codes(only(ingest(late))) == ["no_case_number", "late", "unknown_entrant"]
    assert next(f.outcome for f in only(ingest(late, contest=mild)).flags if f.code == "late") is Eligible.ALLOW


def test_several_cases_and_the_rest_of_one_post() -> None:
    story = f"Памятный вечер\n\n{ANSWER}\n\n{OTHER}"
    done = ingest(post(f"{CASE_2}\n\n{CASE_3}\n\n{story}"))
    assert [(s.case, codes(s)) for s in done.submissions] == [
        (2, ["several_cases"]),
        (3, ["several_cases", "guessed_cut"]),
        (None, ["no_case_number"]),
    ]
    assert done.submissions[2].proposal is not None
    assert done.posts == 1


def test_the_first_published_counts_and_later_ones_are_second() -> None:
    later = post(CASE_2.replace("срок", "день"), source="anna/b.txt", published_claims=at("2026-12-16T10:00:00+03:00"))
    done = {s.source: codes(s) for s in ingest(later, post(CASE_2)).submissions}
    assert done == {"anna/a.txt": [], "anna/b.txt": ["second_post"]}


def test_a_rejected_post_is_nobody_s_first() -> None:
    empty = post("Кейс №2", source="anna/0.txt", published_claims=at("2026-12-11T10:00:00+03:00"))
    done = {s.source: codes(s) for s in ingest(empty, post(CASE_2)).submissions}
    assert done == {"anna/0.txt": ["empty"], "anna/a.txt": []}


def test_unknown_entrants_are_not_one_person() -> None:
    a = post(CASE_2, entrant_claims=())
    b = post(f"Кейс №2\n\n{OTHER}", source="b.txt", entrant_claims=())
    assert [codes(s) for s in ingest(a, b).submissions] == [["unknown_entrant"]] * 2


def test_equal_text_by_different_entrants_stays_twice_and_is_flagged_twice() -> None:
    done = ingest(post(CASE_2), post(f"Решение кейса 2.\n\n{ANSWER}", source="boris/a.txt", entrant_claims=by("boris")))
    assert [codes(s) for s in done.submissions] == [["identical_text"]] * 2


def test_equal_text_by_the_same_entrant_is_one_post_with_all_addresses_and_the_earliest_time() -> None:
    early = at("2026-12-14T10:00:00+03:00")
    blog = post(CASE_2, identity="url:b.example/2", source="b.html", url="https://b.example/2", published_claims=early)
    done = ingest(post(CASE_2), blog)
    submission = only(done)
    assert (done.posts, done.versions) == (1, 2)
    assert submission.published == datetime(2026, 12, 14, 7, tzinfo=UTC)
    assert {submission.source, submission.url, *submission.addresses} >= {"anna/a.txt", "https://b.example/2"}


def test_empty_texts_are_not_equal_texts() -> None:
    done = ingest(post("", title="Ролик"), post("", title="Ещё ролик", source="anna/b.txt"))
    assert done.posts == 2


def test_equal_text_to_two_cases_is_two_posts() -> None:
    a = post(ANSWER, title="Кейс 2")
    b = post(ANSWER, title="Кейс 3", source="anna/b.txt")
    assert [s.case for s in ingest(a, b).submissions] == [2, 3]


def test_entrants_by_precedence_and_roster() -> None:
    def who(*claims: Claim) -> tuple[str, list[str]]:
        submission = only(ingest(post(CASE_2, entrant_claims=claims), roster=ROSTER))
        return submission.entrant, codes(submission)

    assert who(*by("boris-blog", "slug"), *by("Анна Елкина", "author")) == ("boris", [])
    assert who(*by("Анна Елкина", "author"), *by("boris-blog", "slug")) == ("boris", [])
    assert who(*by("unknown", "slug"), *by("АННА  ЁЛКИНА", "author")) == ("anna", [])
    assert who(*by("кто-то", "column"), *by("anna")) == ("", ["unknown_entrant"])
    assert who(*by("Борис Громов", "author")) == ("", ["unknown_entrant"])
    assert who(*by("aelk", "wxr_creator"), *by("boris-blog", "slug")) == ("anna", [])


def test_without_a_roster_what_is_found_is_the_pseudonym_and_rows_are_their_own() -> None:
    row = post(ANSWER, kind="row", identity="row:t.csv#17", source="t.csv#17", entrant_claims=(), title="Кейс 2")
    assert only(ingest(row)).entrant == "17"
    assert only(ingest(post(CASE_2, entrant_claims=by("k  17")))).entrant == "k 17"


def test_drafts_pages_and_organisers_posts_are_counted_and_are_no_entries() -> None:
    done = ingest(
        post(CASE_2, status="draft"),
        post(CASE_2, status="page", source="p.html"),
        post(CASE_2, source="o.html", entrant_claims=by("admin", "author")),
        post(CASE_3, source="anna/c.txt"),
        roster=ROSTER,
    )
    assert done.not_entries == {"draft": 1, "organiser": 1, "page": 1}
    assert only(done).case == 3
    assert (done.posts, done.versions) == (1, 4)


def test_media_stay_with_the_part_that_links_them() -> None:
    video = Media(kind="video", url="https://v.example/1")
    done = ingest(post(f"{CASE_2}\n\nhttps://v.example/1\n\n{CASE_3}", media=(video,)))
    assert [s.media for s in done.submissions] == [(video,), ()]


def test_a_proposal_is_never_acted_on() -> None:
    submission = only(
        ingest(post("Погода чудесная, а возраст мой секрет! Вернёмся, весёлый собеседник, к заказу и разговору."))
    )
    assert submission.proposal is not None
    assert submission.proposal.case == 3
    assert (submission.case, submission.eligible) == (None, False)


def test_admit_lifts_codes_and_says_so() -> None:
    late = post(CASE_2, published_claims=at("2026-12-20T00:10:00+03:00"), entrant_claims=())
    before = only(ingest(late))
    after = only(ingest(late, corrections=[correct("admit", before, codes=("late",))]))
    assert (codes(after), after.confirmed, after.eligible) == (["unknown_entrant"], ("late",), True)
    everything = only(ingest(late, corrections=[correct("admit", before)]))
    assert (codes(everything), everything.confirmed) == ([], ("late", "unknown_entrant"))


def test_admitting_does_not_invent_a_case() -> None:
    before = only(ingest(post(ANSWER)))
    after = only(ingest(post(ANSWER), corrections=[correct("admit", before)]))
    assert codes(after) == ["no_case_number"]


def test_reject_and_admit_hold_in_the_order_given() -> None:
    before = only(ingest(post(CASE_2)))
    reject, admit = correct("reject", before), correct("admit", before)
    assert codes(only(ingest(post(CASE_2), corrections=[admit, reject]))) == ["rejected_by_person"]
    assert codes(only(ingest(post(CASE_2), corrections=[reject, admit]))) == []


def test_rejecting_the_first_post_makes_the_next_one_count() -> None:
    later = post(CASE_2.replace("срок", "день"), source="anna/b.txt", published_claims=at("2026-12-16T10:00:00+03:00"))
    first = ingest(post(CASE_2), later).submissions[0]
    done = ingest(post(CASE_2), later, corrections=[correct("reject", first)])
    assert [codes(s) for s in done.submissions] == [["rejected_by_person"], []]


def test_assign_gives_the_case_and_sets_its_statement_apart() -> None:
    text = f"{CASES[3].statement}\n\n{ANSWER}"
    before = only(ingest(post(text)))
    for part in (None, 0):
        after = only(ingest(post(text), corrections=[correct("assign", before, case=3, part=part)]))
        assert (after.case, codes(after), after.text) == (3, [], ANSWER)
        assert "no_case_number" in after.confirmed
        assert after.id == submission_id(after.post, 3, 0)


def test_assigning_a_part_leaves_the_others() -> None:
    text = f"{CASE_2}\n\n{CASE_3}\n\nПамятный вечер\n\n{ANSWER}\n\n{OTHER}"
    rest = ingest(post(text)).submissions[2]
    done = ingest(post(text), corrections=[correct("assign", rest, case=5, part=2)])
    assert [s.case for s in done.submissions] == [2, 3, 5]
    assert codes(done.submissions[2]) == []


def test_assigning_a_case_that_the_contest_has_not_changes_nothing() -> None:
    before = only(ingest(post(ANSWER)))
    assert codes(only(ingest(post(ANSWER), corrections=[correct("assign", before, case=70, part=0)]))) == [
        "no_case_number"
    ]


def test_resplit_cuts_again_and_answers_the_doubts() -> None:
    text = f"{CASE_2}\n\n{CASE_3}"
    before = ingest(post(text)).submissions[0]
    middle = text.index("Кейс №3")
    cuts = ((0, middle, 4), (middle, len(text), 1))
    done = ingest(post(text), corrections=[correct("reject", before, part=1), correct("resplit", before, cuts=cuts)])
    assert [(s.case, codes(s), s.confirmed) for s in done.submissions] == [
        (4, [], ("several_cases",)),
        (1, [], ("several_cases",)),
    ]


def later(*texts: str, corrections: Sequence[Correction] = ()) -> Ingested:
    """One post as these texts one after the other, a day apart; the last one counts."""
    versions = [version(post(t), i, datetime(2026, 12, 15 + i, tzinfo=UTC)) for i, t in enumerate(texts, 1)]
    return split_posts(versions, CONTEST, CASES, None, corrections)


EDITED = CASE_2.replace("терпение", "доброту")


@pytest.mark.parametrize(
    ("kind", "more"),
    [("admit", {"codes": ("late",)}), ("assign", {"case": 3}), ("resplit", {"cuts": ((0, 9, 3),)})],
)
def test_rule_6_a_correction_of_another_text_is_referred_and_not_dropped(kind: str, more: dict[str, Any]) -> None:
    before = only(ingest(post(CASE_2)))
    old = correct(kind, before, **more)
    after = only(later(CASE_2, EDITED, corrections=[old]))
    assert (after.case, codes(after), after.eligible) == (2, ["correction_outdated"], True)
    assert after.referred_by
    admitted = correct("admit", after, codes=("correction_outdated",))
    assert codes(only(later(CASE_2, EDITED, corrections=[old, admitted]))) == []
    again = correct("assign", after, case=3)
    done = only(later(CASE_2, EDITED, corrections=[old, again]))
    assert (done.case, codes(done)) == (3, [])


def test_rule_6_what_a_person_rejected_stays_out_in_every_later_version_until_one_admits() -> None:
    before = only(ingest(post(CASE_2)))
    rejected = correct("reject", before)
    after = only(later(CASE_2, EDITED, corrections=[rejected]))
    assert (codes(after), after.eligible) == (["rejected_by_person"], False)
    assert codes(only(later(CASE_2, EDITED, corrections=[rejected, correct("admit", after)]))) == []
    lifted = correct("admit", before, codes=("rejected_by_person",))
    assert codes(only(later(CASE_2, EDITED, corrections=[rejected, lifted]))) == ["correction_outdated"]
    unrelated = correct("admit", before, codes=("late",))
    assert not only(later(CASE_2, EDITED, corrections=[rejected, unrelated])).eligible


def test_rule_6_a_rejected_part_stays_out_in_a_later_version_and_the_others_are_referred() -> None:
    two, edited = f"{CASE_2}\n\n{CASE_3}", f"{EDITED}\n\n{CASE_3}"
    rejected = correct("reject", ingest(post(two)).submissions[1], part=1)
    done = later(two, edited, corrections=[rejected])
    assert [(s.case, s.eligible) for s in done.submissions] == [(2, True), (3, False)]
    assert "correction_outdated" in codes(done.submissions[0])


def test_rule_6_an_answer_keeps_its_id_when_others_come_or_change_places() -> None:
    """A ruling is found by the id: it must not vanish because the post was rearranged."""
    alone, both, turned = ingest(post(CASE_3)), ingest(post(f"{CASE_2}\n\n{CASE_3}")), f"{CASE_3}\n\n{CASE_2}"
    ids = {s.case: s.id for s in both.submissions}
    assert {s.case: s.id for s in ingest(post(turned)).submissions} == ids
    assert only(alone).id == ids[3]
    assert [s.ordinal for s in both.submissions] == [0, 1]


def test_rule_6_assigning_a_second_part_to_a_case_leaves_the_first_its_id() -> None:
    text = f"{CASE_2}\n\n{CASE_3}\n\nПамятный вечер\n\n{ANSWER}\n\n{OTHER}"
    before = ingest(post(text)).submissions
    done = ingest(post(text), corrections=[correct("assign", before[2], case=2, part=2)]).submissions
    assert [s.case for s in done] == [2, 3, 2]
    assert [s.id for s in done[:2]] == [s.id for s in before[:2]]
    assert done[2].id == submission_id(done[2].post, 2, 1)


def test_a_correction_holds_while_the_text_is_the_same() -> None:
    before = only(ingest(post(CASE_2)))
    versions = [version(post(CASE_2), 1), version(post(CASE_2, title="О важном"), 2)]
    kept = split_posts(versions, CONTEST, CASES, None, [correct("assign", before, case=3)])
    assert (only(kept).case, codes(only(kept))) == (3, [])


POSTS = st.lists(
    st.builds(
        lambda text, entrant, name, day, status: post(
            text,
            source=f"{entrant}/{name}.txt",
            entrant_claims=by(entrant) if entrant else (),
            published_claims=at(f"2026-12-{day}T12:00:00+03:00"),
            status=status,
        ),
        st.sampled_from([CASE_2, CASE_3, ANSWER, f"{CASE_2}\n\n{CASE_3}", "", f"Кейс 99\n\n{OTHER}"]),
        st.sampled_from(["anna", "boris", ""]),
        st.sampled_from(["a", "b", "c"]),
        st.integers(9, 21),
        st.sampled_from(["published", "published", "draft"]),
    ),
    max_size=7,
)


@given(POSTS, st.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None)
def test_the_order_of_the_input_plays_no_part(posts: list[Post], random: Any) -> None:
    versions = [version(p, i, datetime(2026, 12, 10 + i, tzinfo=UTC)) for i, p in enumerate(posts, 1)]
    mixed = list(versions)
    random.shuffle(mixed)
    done = split_posts(versions, CONTEST, CASES, None, [])
    assert split_posts(mixed, CONTEST, CASES, None, []) == done
    assert split_posts([*versions, *versions], CONTEST, CASES, None, []) == done
    assert len({s.id for s in done.submissions}) == len(done.submissions)
    assert all((s.case is None) <= (not s.eligible) for s in done.submissions)
    assert done.posts + sum(done.not_entries.values()) <= len({p.identity for p in posts})


def test_texts_that_differ_in_a_number_are_not_the_same() -> None:
    one = post(f"Кейс №2\n\n{ANSWER} Вернём 100 рублей.")
    other = post(f"Кейс №2\n\n{ANSWER} Вернём 5 рублей.", source="boris/a.txt", entrant_claims=by("boris"))
    assert [codes(s) for s in ingest(one, other).submissions] == [[], []]

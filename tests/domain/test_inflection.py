"""The forms of names, against a table of a grammar's kind and against a dictionary's own declensions."""

from __future__ import annotations

import pytest

from pipeline.domain.identity import fold
from pipeline.domain.inflection import Gender, first_name_forms, gender_of, surname_forms

SURNAMES: list[tuple[str, Gender, str]] = [
    ("ясенев", "m", "ясенева ясеневу ясеневым ясеневе ясеневой ясеневою ясеневы ясеневых ясеневыми"),
    ("ясенева", "f", "ясеневой ясеневу ясенев ясеневых"),
    ("лапшин", "m", "лапшина лапшину лапшиным лапшине лапшиной лапшины лапшиными"),
    ("лисицын", "m", "лисицына лисицыну лисицыным лисицыной лисицыных"),
    ("чаплин", "m", "чаплином"),
    ("вольский", "m", "вольского вольскому вольским вольском вольская вольской вольскую вольские вольских вольскими"),
    ("вольская", "f", "вольской вольскую вольский вольских"),
    ("крамской", "m", "крамского крамскому крамским крамском крамскую крамские"),
    ("луговой", "m", "лугового луговому луговым луговом луговая луговую луговые луговых"),
    ("заболотная", "f", "заболотной заболотную заболотный заболотного заболотных"),
    ("пригожий", "m", "пригожего пригожему пригожим пригожем пригожая пригожей"),
    ("горняя", "f", "горней горнюю горнего"),
    ("мороз", "m", "мороза морозу морозом морозе морозы морозов"),
    ("гуревич", "m", "гуревича гуревичу гуревичем гуревиче гуревичей"),
    ("кравец", "m", "кравца кравцу кравцом кравце кравцы кравцов"),
    ("лебедь", "m", "лебедя лебедю лебедем лебеде"),
    ("гайдай", "m", "гайдая гайдаю гайдаем гайдае"),
    ("соловей", "m", "соловья соловью соловьем соловье соловья"),
    ("сирота", "", "сироты сироте сироту сиротой"),
    ("кваша", "", "кваши кваше квашу квашей"),
    ("зозуля", "", "зозули зозуле зозулю зозулей"),
    ("данелия", "", "данелии данелию данелией"),
]


@pytest.mark.parametrize(("name", "gender", "forms"), SURNAMES)
def test_surnames_have_the_forms_of_their_kind(name: str, gender: Gender, forms: str) -> None:
    assert {name, *forms.split()} <= surname_forms(name, gender)


@pytest.mark.parametrize(
    ("name", "gender"),
    [("кравченко", ""), ("дурново", ""), ("шоу", ""), ("ли", ""), ("дзюба-ли", ""), ("ashford", ""), ("мороз", "f")],
)
def test_some_surnames_never_change(name: str, gender: Gender) -> None:
    """On -о, -е, -и, -у; in Latin letters; and a woman's on a consonant."""
    assert surname_forms(name, gender) == {name}


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("алевтина", "алевтины алевтине алевтину алевтиной"),
        ("стефания", "стефании стефанию стефанией"),
        ("илья", "ильи илье илью ильей"),
        ("павел", "павла павлу павлом павле"),
        ("лев", "льва льву львом льве"),
        ("игорь", "игоря игорю игорем игоре"),
        ("любовь", "любови любовью"),
        ("юрий", "юрия юрию юрием юрии"),
        ("игоревна", "игоревны игоревне игоревну игоревной"),
        ("павлович", "павловича павловичу павловичем павловиче"),
        ("марио", ""),
    ],
)
def test_first_names_and_patronymics_have_their_cases(name: str, forms: str) -> None:
    assert {name, *forms.split()} <= first_name_forms(name)


@pytest.mark.parametrize(
    ("names", "gender"),
    [
        (("мороз", "инна"), "f"),
        (("мороз", "никита"), "m"),
        (("мороз", "женя"), ""),
        (("мороз", "женя", "петровна"), "f"),
        (("ясенев", "женя"), "m"),
        (("вольская", "женя"), "f"),
        (("мороз", ""), ""),
        (("moroz", "inna"), ""),
    ],
)
def test_the_bearers_gender_is_read_off_the_names(names: tuple[str, ...], gender: Gender) -> None:
    assert gender_of(*names) == gender


@pytest.mark.slow
def test_a_dictionarys_own_forms_are_all_made() -> None:
    """A thirtieth of OpenCorpora's surnames and first names; hyphenated ones are taken apart before they get here."""
    pymorphy3 = pytest.importorskip("pymorphy3", reason="the oracle is installed with CI's tools only")
    grammar = pymorphy3.MorphAnalyzer()
    known = [
        (word, kind, tag)
        for word, tag, *_ in grammar.dictionary.iter_known_words("")
        for kind in ("Surn", "Name")
        if kind in tag and {"nomn", "sing"} <= tag.grammemes and "-" not in word and len(word) > 3
    ][::30]
    incomplete = []
    for word, kind, tag in known:
        lexeme = next((p.lexeme for p in grammar.parse(word) if p.tag == tag), [])
        forms = {fold(p.word) for p in lexeme if kind in p.tag and "voct" not in str(p.tag)}
        if kind == "Name":
            forms -= {fold(p.word) for p in lexeme if "plur" in p.tag}
        made = surname_forms(fold(word)) if kind == "Surn" else first_name_forms(fold(word))
        incomplete += [word] if forms - made else []
    assert len(known) > 900
    assert len(incomplete) <= 0.002 * len(known), incomplete

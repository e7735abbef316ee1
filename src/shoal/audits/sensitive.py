"""Words that say, or may stand for, what people must not be treated differently by without care.

The lists are English, short, and about names: they find what is called by its name. The other
check is on the data: whether members differ strongly in a trait that is called so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from shoal.audits.fields import fields_of
from shoal.language.shape import walk
from shoal.language.tree import Rule, TextLiteral, TextMatch
from shoal.language.vocabulary import Vocabulary


class Topic(StrEnum):
    """What a field may be about."""

    HEALTH = "health"
    RELIGION = "religion or belief"
    ETHNICITY = "ethnic origin"
    SEX = "sex or gender"
    ORIENTATION = "sexual orientation"
    AGE = "age"
    FAMILY = "family or pregnancy"
    POLITICS = "politics or a trade union"
    MEANS = "income or wealth"
    PLACE = "where somebody lives"


PROXIES: Mapping[Topic, str] = {
    Topic.PLACE: "origin, income or age",
    Topic.MEANS: "age, health or origin",
    Topic.FAMILY: "sex, age or health",
}
"""What a topic that is often allowed may itself stand for."""

_WORDS: Mapping[Topic, str] = {
    Topic.HEALTH: "health medical medicine medicines medication pharmacy drug drugs diagnosis "
    "disease illness patient disability disabled diabetes diabetic allergy allergies wheelchair "
    "therapy mental bmi prescription hospital incontinence",
    Topic.RELIGION: "religion religious faith church mosque synagogue kosher halal ramadan",
    Topic.ETHNICITY: "ethnicity ethnic race nationality citizenship birthplace mother_tongue "
    "native_language migrant",
    Topic.SEX: "gender sex salutation maiden female male feminine transgender",
    Topic.ORIENTATION: "orientation lgbt lgbtq gay lesbian",
    Topic.AGE: "birthday birth birthdate dob age_group age_band age_range senior seniors pensioner",
    Topic.FAMILY: "pregnant pregnancy maternity baby babies infant diaper diapers marital married "
    "children child kids kid household_type fertility",
    Topic.POLITICS: "political politics trade_union union_member vote voter",
    Topic.MEANS: "income salary wage wealth debt credit_score unemployed benefits_recipient "
    "home_ownership",
    Topic.PLACE: "postcode post_code postal zip zipcode zip_code postal_code city district neighbourhood "
    "neighborhood region county country address street latitude longitude location",
}
_WHOLE = {"age": Topic.AGE, "customer_age": Topic.AGE}
"""Names that count only as a whole: `age` inside another name means too many things."""
_TOPICS = {word: topic for topic, words in _WORDS.items() for word in words.split()}
_SPLIT = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Mention:
    """Something a rule reads or compares with, and what it is about or may stand for."""

    text: str
    topic: Topic
    is_field: bool


def topic_of(name: str) -> Topic | None:
    """What a name is about, if it is on the list.

    >>> topic_of("customer.age_group"), topic_of("page_viewed"), topic_of("FEMININE HYGIENE")
    (<Topic.AGE: 'age'>, None, <Topic.SEX: 'sex or gender'>)
    """
    spaced = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
    if spaced in _WHOLE:
        return _WHOLE[spaced]
    words = [word for word in _SPLIT.split(spaced.replace("_", " ")) if word]
    pairs = [f"{one}_{two}" for one, two in pairwise(words)]
    return next((_TOPICS[word] for word in (*pairs, *words) if word in _TOPICS), None)


def sensitive_names(names: Iterable[str], declared: frozenset[str]) -> dict[str, Topic | None]:
    """Of these names those declared sensitive, or called so; with what they are about."""
    found = {name: topic_of(name) for name in names}
    return {name: topic for name, topic in found.items() if topic or name in declared}


def mentions(rule: Rule, vocabulary: Vocabulary) -> list[Mention]:
    """What in the rule is about people's protected sides, by its name: fields, then texts."""
    found: dict[tuple[str, Topic], Mention] = {}
    for read in fields_of(rule, vocabulary):
        topic = topic_of(read.name or read.event or "")
        if topic is not None:
            found.setdefault((read.text, topic), Mention(read.text, topic, is_field=True))
    for node in walk(rule):
        text = node.text if isinstance(node, TextLiteral | TextMatch) else ""
        topic = topic_of(text) if text else None
        if topic is not None:
            found.setdefault((text, topic), Mention(text, topic, is_field=False))
    return list(found.values())

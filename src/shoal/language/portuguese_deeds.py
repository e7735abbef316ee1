"""What people did, in Portuguese: from an event's title, or its name, to verb and nouns.

Titles in the tracking plan say what a person did: "fez um pedido". Without one, events of everyday
have theirs, and any other is the event of its name: "teve o evento “x”".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from shoal.language.portuguese_names import DEEDS
from shoal.language.portuguese_nouns import plural
from shoal.language.portuguese_verbs import Verb, participle_for, verb_of
from shoal.language.resolution import find_event, title_in
from shoal.language.tree import EventRef
from shoal.language.vocabulary import Vocabulary
from shoal.language.wording import Deed, Gender, Noun, listed, quoted

_CREATES = frozenset(
    ["criou", "comprou", "começou", "compôs", "efetuou", "encomendou", "enviou", "escreveu", "fez",
     "iniciou", "marcou", "publicou", "realizou", "reservou", "submeteu", "teve"]
)  # fmt: skip
"""Deeds whose object is new with each of them: the last order placed is "o último pedido"."""
_BEING = re.compile(r"\w+(?:ado|ada|ido|ída|ida|ído|eito|isto|erto|ito)\b")
_OBJECT = re.compile(r"(?P<article>uma?) (?P<noun>.+)")
_AFTER = re.compile(
    r" (?=(?:a|à|ao|às|aos|com|como|da|das|do|dos|em|na|nas|no|nos|num|numa|para|pela|pelo|por"
    r"|sobre)\b)"
)
_CLITIC = re.compile(r"(?P<verb>\w+)-(?P<clitic>se|me|nos|lhe|lhes|o|a|os|as)\Z")
_NONE = {
    "um": "nenhum",
    "uma": "nenhuma",
    "num": "em nenhum",
    "numa": "em nenhuma",
    "algo": "nada",
    "alguém": "ninguém",
}
_SOME = re.compile(rf"\b(?:{'|'.join(_NONE)})\b")


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A verb and what follows it: *fez* and *um pedido*; ``clitic`` is the *se* of *registou-se*."""

    written: str
    verb: Verb
    rest: str
    clitic: str = ""
    is_passive: bool = False

    @property
    def what(self) -> str:
        """What follows the verb, of several people: *foram contactados*."""
        if not self.is_passive:
            return self.rest
        first, space, others = self.rest.partition(" ")
        return f"{participle_for(first, feminine=False, plural=True)}{space}{others}"

    def said(self, what: str, *, future: bool) -> str:
        """Of several people: *fizeram um pedido*, *vão fazer um pedido*."""
        return f"{self.several(future=future)} {what}".strip()

    def several(self, *, future: bool) -> str:
        """The verb of several people, as after *que*: *se registaram*, *vão registar-se*."""
        if not future:
            return f"{self.clitic} {self.verb.plural}".strip()
        infinitive = "ser" if self.is_passive else self.verb.infinitive
        return f"vão {infinitive}{'-' if self.clitic else ''}{self.clitic}"

    def deed(self, *, future: bool) -> Deed:
        """All the forms."""
        what = self.what
        none = _SOME.sub(lambda found: _NONE[found[0]], what, count=1)
        forms = {"did": self.said(what, future=future), "did_any": self.said(none, future=future)}
        match = _OBJECT.fullmatch(what)
        if match is None or self.clitic:
            return _event(self.written, forms)
        gender = Gender.FEMININE if match["article"] == "uma" else Gender.MASCULINE
        noun, *after = _AFTER.split(match["noun"], maxsplit=1)
        forms |= {
            "verb": self.several(future=future),
            "object": noun,
            "objects": plural(noun),
            "after": f" {after[0]}" if after else "",
        }
        is_creation = self.written.split(" ")[0].lower() in _CREATES
        done = "" if is_creation else f" {self.done(gender, plural=False)}{forms['after']}"
        all_done = "" if is_creation else f" {self.done(gender, plural=True)}{forms['after']}"
        one = Noun(f"{forms['object']}{done}", gender)
        several = Noun(f"{forms['objects']}{all_done}", gender, plural=True)
        return Deed(forms, one, several, is_creation)

    def done(self, gender: Gender, *, plural: bool) -> str:
        """As of what it was done to: *vista*."""
        feminine = gender is Gender.FEMININE
        return participle_for(self.verb.participle, feminine=feminine, plural=plural)


def deed_of(event: EventRef, vocabulary: Vocabulary, *, future: bool) -> Deed:
    """What the people did to whom this event belongs."""
    if event.is_any:
        return _anything(future=future)
    deeds = [_deed(name, vocabulary, future=future) for name in event.names]
    return deeds[0] if len(deeds) == 1 else _either(deeds)


def _anything(*, future: bool) -> Deed:
    verb = "vão fazer" if future else "fizeram"
    forms = {"did": f"{verb} alguma coisa", "did_any": f"{verb} nada", "verb": verb}
    forms |= {"object": "coisa", "objects": "coisas", "after": ""}
    one = Noun("evento de qualquer tipo")
    several = Noun("eventos de qualquer tipo", plural=True)
    return Deed(forms, one, several, is_anything=True)


def _either(deeds: list[Deed]) -> Deed:
    """One of several deeds."""
    forms = {
        "did": listed([deed.forms["did"] for deed in deeds], "ou"),
        "did_any": " nem ".join(deed.forms["did_any"] for deed in deeds),
    }
    one = listed([deed.one.text for deed in deeds], "ou")
    several = listed([deed.several.text for deed in deeds], "ou")
    return Deed(forms, replace(deeds[0].one, text=one), replace(deeds[0].several, text=several))


def _deed(name: str, vocabulary: Vocabulary, *, future: bool) -> Deed:
    entry = find_event(name, vocabulary)
    title = title_in(entry, vocabulary, "pt") if entry is not None else None
    name = entry.name if entry is not None else name
    if title is None and name not in DEEDS:
        parent = entry.parent if entry is not None else None
        parent = parent or (name.removesuffix("_line") if name.endswith("_line") else None)
        if parent is not None:
            return _line(_deed(parent, vocabulary, future=future), future=future)
    phrase = _phrase_of(title or DEEDS.get(name) or "")
    if phrase is not None:
        return phrase.deed(future=future)
    return _named_event(title or (entry and entry.title) or name, future=future)


def _phrase_of(title: str) -> _Phrase | None:
    """The title taken apart; None where it does not begin with what somebody did."""
    first, _, rest = title.partition(" ")
    first = first.lower()
    clitic = _CLITIC.match(first)
    verb = verb_of(clitic["verb"] if clitic else first)
    if verb is None:
        return None
    is_passive = first == "foi" and _BEING.match(rest) is not None
    return _Phrase(title, verb, rest, clitic["clitic"] if clitic else "", is_passive)


def _line(parent: Deed, *, future: bool) -> Deed:
    """What having a line of something is: an order's lines are bought."""
    phrase = _phrase_of("comprou um artigo")
    assert phrase is not None
    if parent.one.text in {"pedido", "encomenda", "compra"}:
        return phrase.deed(future=future)
    return _named_event(f"linha: {parent.one.text}", future=future)


def _named_event(title: str, *, future: bool) -> Deed:
    """*tiveram o evento “x”*."""
    name = quoted(title)
    verb = "vão ter" if future else "tiveram"
    forms = {
        "did": f"{verb} o evento {name}",
        "did_any": f"{verb} o evento {name}",
        "verb": verb,
        "object": f"evento {name}",
        "objects": f"eventos {name}",
        "after": "",
    }
    return Deed(forms, Noun(f"evento {name}"), Noun(f"eventos {name}", plural=True), True)


def _event(title: str, forms: dict[str, str]) -> Deed:
    """A deed without an object to count: its nouns are events."""
    name = quoted(title)
    return Deed(forms, Noun(f"evento {name}"), Noun(f"eventos {name}", plural=True))

"""Portuguese verbs, from the form in which a tracking plan has them: *fez*, *viu*, *abriu*."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """What several did, what they will do, and what has been done."""

    plural: str
    infinitive: str
    participle: str


_IRREGULAR = {
    "coube": Verb("couberam", "caber", "cabido"),
    "deu": Verb("deram", "dar", "dado"),
    "disse": Verb("disseram", "dizer", "dito"),
    "esteve": Verb("estiveram", "estar", "estado"),
    "fez": Verb("fizeram", "fazer", "feito"),
    "foi": Verb("foram", "ir", "ido"),
    "pôde": Verb("puderam", "poder", "podido"),
    "pôs": Verb("puseram", "pôr", "posto"),
    "quis": Verb("quiseram", "querer", "querido"),
    "soube": Verb("souberam", "saber", "sabido"),
    "teve": Verb("tiveram", "ter", "tido"),
    "trouxe": Verb("trouxeram", "trazer", "trazido"),
    "veio": Verb("vieram", "vir", "vindo"),
    "viu": Verb("viram", "ver", "visto"),
}
_PREFIXED = {
    "pôs": ("com", "de", "dis", "ex", "im", "o", "pro", "re", "su", "trans"),
    "teve": ("con", "de", "man", "ob", "re", "sus"),
    "veio": ("con", "inter", "pro"),
    "viu": ("ante", "entre", "pre", "re"),
    "disse": ("contra", "des", "pre"),
    "fez": ("des", "re", "satis"),
}
_PARTICIPLES = {
    "abriu": "aberto",
    "aceitou": "aceite",
    "cobriu": "coberto",
    "descobriu": "descoberto",
    "descreveu": "descrito",
    "entregou": "entregue",
    "escreveu": "escrito",
    "ganhou": "ganho",
    "gastou": "gasto",
    "inscreveu": "inscrito",
    "pagou": "pago",
    "reabriu": "reaberto",
    "subscreveu": "subscrito",
}
_REGULAR = re.compile(r"(?P<stem>\w{2,})(?P<end>ou|eu|iu)\Z")
_HIATUS = re.compile(r"(?:[aeo]|[^gq]u)\Z")


def verb_of(word: str) -> Verb | None:
    """The verb of a word in the third person of the past; None if it is no such word.

    >>> verb_of("comprou"), verb_of("obteve"), verb_of("carrinho")
    (Verb(plural='compraram', infinitive='comprar', participle='comprado'), \
Verb(plural='obtiveram', infinitive='obter', participle='obtido'), None)
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for root, prefixes in _PREFIXED.items():
        before = word.removesuffix(root)
        if before != word and before in prefixes:
            return _prefixed(before, _IRREGULAR[root])
    match = _REGULAR.match(word)
    if match is None:
        return None
    stem, vowel = match["stem"], {"ou": "a", "eu": "e", "iu": "i"}[match["end"]]
    stressed = "í" if vowel == "i" and _HIATUS.search(stem) else vowel
    participle = _PARTICIPLES.get(word) or f"{stem}{'i' if vowel == 'e' else stressed}do"
    return Verb(f"{stem}{stressed}ram", f"{stem}{vowel}r", participle)


def participle_for(participle: str, *, feminine: bool, plural: bool) -> str:
    """The participle beside a noun: *vista*, *entregues*."""
    if feminine and participle.endswith("o"):
        participle = f"{participle[:-1]}a"
    return f"{participle}s" if plural else participle


def _prefixed(before: str, verb: Verb) -> Verb:
    """*Compor* is written without the accent of *pôr*."""
    infinitive = f"{before}{verb.infinitive.replace('ô', 'o')}"
    return Verb(f"{before}{verb.plural}", infinitive, f"{before}{verb.participle}")

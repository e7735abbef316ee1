"""Portuguese nouns: their gender and plural, and what agrees with them or stands before them."""

from __future__ import annotations

import re

from shoal.language.portuguese_names import NAMES
from shoal.language.wording import Gender, Noun, Owner, in_passing, quoted

_AGREEING = {
    "acima": ("superior", "superior", "superiores", "superiores"),
    "abaixo": ("inferior", "inferior", "inferiores", "inferiores"),
    "cujo": ("cujo", "cuja", "cujos", "cujas"),
    "começa": ("começa", "começa", "começam", "começam"),
    "conhecido": ("conhecido", "conhecida", "conhecidos", "conhecidas"),
    "contém": ("contém", "contém", "contêm", "contêm"),
    "desconhecido": ("desconhecido", "desconhecida", "desconhecidos", "desconhecidas"),
    "é": ("é", "é", "são", "são"),
    "está": ("está", "está", "estão", "estão"),
    "foi": ("foi", "foi", "foram", "foram"),
    "igual": ("igual", "igual", "iguais", "iguais"),
    "inclui": ("inclui", "inclui", "incluem", "incluem"),
    "maior": ("maior", "maior", "maiores", "maiores"),
    "menor": ("menor", "menor", "menores", "menores"),
    "mesmo": ("o mesmo", "a mesma", "os mesmos", "as mesmas"),
    "no": ("no", "na", "nos", "nas"),
    "primeiro": ("primeiro", "primeira", "primeiros", "primeiras"),
    "próximo": ("próximo", "próxima", "próximos", "próximas"),
    "termina": ("termina", "termina", "terminam", "terminam"),
    "último": ("último", "última", "últimos", "últimas"),
    "verdadeiro": ("verdadeiro", "verdadeira", "verdadeiros", "verdadeiras"),
}
"""By the masculine singular: the words as they agree with a noun."""
_ARTICLES = ("o", "a", "os", "as")
_THEIR = ("seu", "sua", "seus", "suas")
_AFTER = {
    "de": {"o": "do", "a": "da", "os": "dos", "as": "das"},
    "a": {"o": "ao", "a": "à", "os": "aos", "as": "às"},
}
"""What becomes of prepositions and articles."""

_PLURALS = {"mão": "mãos", "pão": "pães", "cão": "cães", "cidadão": "cidadãos", "órgão": "órgãos"}
_ENDINGS = (
    (r"ás\Z", "ases"),
    (r"ês\Z", "eses"),
    (r"ís\Z", "íses"),
    (r"s\Z", "s"),
    (r"ão\Z", "ões"),
    (r"m\Z", "ns"),
    (r"([áâéêíóôú].*e)l\Z", r"\1is"),
    (r"el\Z", "éis"),
    (r"ol\Z", "óis"),
    (r"il\Z", "is"),
    (r"([au])l\Z", r"\1is"),
    (r"([rz])\Z", r"\1es"),
)
"""Endings and what they become for several, the first that fits; else an s follows."""
_FOREIGN = re.compile(r"(?:mail|click|link|chat|checkout|post|like|app|spam|feed|stock|web)\Z")
_LINKS = {"a", "à", "ao", "às", "aos", "com", "como", "da", "das", "de", "do", "dos", "e", "em",
          "entre", "na", "nas", "no", "nos", "num", "numa", "ou", "para", "pela", "pelo", "por",
          "que", "sem", "sobre"}  # fmt: skip
_FEMININE = re.compile(
    r"(?:[çsx]ão|gião|nião|stão|razão|dade|tude|agem|ice|ez|ência|a|idades|ções|sões|tões|as)\Z"
)
_MASCULINE_IN_A = re.compile(r"(?:[eo]ma|\bdia|mapa|grama)s?\Z")
_FEMININES = {"base", "chave", "classe", "cor", "fase", "fonte", "lei", "luz", "noite", "ordem",
              "parte", "rede", "sede", "soma", "tarde", "vez"}  # fmt: skip
_NO_NOUNS = {"como", "onde", "quando", "quanto", "que", "quem", "se"}
_SINGULAR_IN_S = {"mês", "país", "gás", "lápis", "ténis", "tênis", "status", "bónus", "bônus"}


def inflected(noun: Noun, form: str) -> str:
    """The noun with what stands before it, or the word that agrees with it.

    ``o`` with its article, ``seu`` as somebody's, both also after a preposition: ``de o``,
    ``a seu``; ``de`` without any. ``igual a seu`` is what equals it: *5*, *igual ao seu número*.
    ``nome`` is what stands between a name and its text. Any other form is a word that agrees.
    """
    if not form:
        return noun.text
    place = noun.plural * 2 + (noun.gender is Gender.FEMININE)
    if form in _AGREEING:
        return _AGREEING[form][place]
    if form == "nome":
        return "igual a " if noun.is_name else ""
    *before, kind = form.split(" ")
    if before and before[0] == "igual":
        is_literal = noun.owner is Owner.NONE
        return noun.text if is_literal else f"igual {inflected(noun, form.removeprefix('igual '))}"
    if kind == "de":
        return f"de {noun.text}"
    article, theirs = _before(noun, kind, place)
    if before:
        article = _AFTER[before[0]].get(article, before[0])
    return " ".join(filter(None, (article, theirs, noun.text)))


def _before(noun: Noun, kind: str, place: int) -> tuple[str, str]:
    """The article and the possessive; none before a literal, and no article before a name."""
    if noun.owner is Owner.NONE or (noun.is_name and kind == "o"):
        return "", ""
    is_theirs = kind == "seu" and noun.owner is Owner.PERSON
    return _ARTICLES[place], _THEIR[place] if is_theirs else ""


def named(name: str, title: str | None, other: str | None) -> Noun:
    """A trait or property: by its title, else a word of everyday, else its name in quotes."""
    text = in_passing(title) if title else NAMES.get(name)
    if text is None:
        return Noun(quoted(other or name), is_name=True)
    first = text.split(" ")[0].lower()
    if first in _NO_NOUNS:
        return Noun(quoted(title or text), is_name=True)
    return Noun(text, gender_of(first), plural=first.endswith("s") and first not in _SINGULAR_IN_S)


def gender_of(word: str) -> Gender:
    """The gender that a noun's ending promises.

    >>> [gender_of(word).value for word in ("receita", "problema", "opinião", "cupão", "idade")]
    ['f', 'm', 'f', 'm', 'f']
    """
    is_feminine = _FEMININE.search(word) and not _MASCULINE_IN_A.search(word)
    return Gender.FEMININE if word in _FEMININES or is_feminine else Gender.MASCULINE


def plural(noun: str) -> str:
    """The noun phrase for several: all of its words up to the first that links.

    >>> plural("cartão de oferta"), plural("e-mail aberto"), plural("perfil"), plural("mês")
    ('cartões de oferta', 'e-mails abertos', 'perfis', 'meses')
    """
    words = noun.split(" ")
    end = next((at for at, word in enumerate(words) if word in _LINKS), len(words))
    return " ".join([*map(_plural, words[:end]), *words[end:]])


def _plural(word: str) -> str:
    if word in _PLURALS:
        return _PLURALS[word]
    if _FOREIGN.search(word) or word.isupper():
        return f"{word}s"
    return next(
        (re.sub(ending, several, word) for ending, several in _ENDINGS if re.search(ending, word)),
        f"{word}s",
    )

"""Titles and reasons in one language or several: how they are written, and which one is told."""

from __future__ import annotations

import pytest

from shoal.core.instants import Zone
from shoal.language import Words, parse_definitions, parse_rule, sentence, vocabulary_of
from shoal.language.words import meant_language

FILE = """\
segments:
  lapsed:
    title: {en: Lapsed customers, pt: Clientes inativos}
    why: {pt: Seis meses sem pedidos.}
    rule: did order_completed
  vips: {title: VIPs, rule: did order_completed}
partitions:
  stage:
    title: {en: Stage, pt: Fase}
    parts:
      - buyer: {title: {pt: Compradores}, rule: did order_completed}
      - rest: everyone
traits:
  orders: {title: {en: Number of orders, pt: Número de pedidos}, value: count(order_completed)}
predictions:
  will_lapse: {title: {en: Risk, pt: Risco}, target: did not order_completed in next 90d}
events:
  order_completed:
    title: {en: placed an order, pt: fez uma encomenda}
    properties:
      revenue: {type: money, title: {en: amount, pt: valor}, why: {en: Value., pt: Valor.}}
"""


def vocabulary(language):
    definitions = parse_definitions(FILE, "shop.yml")
    assert definitions.problems == ()
    return vocabulary_of(definitions, {}, {}, Zone(), language=language)


def problems(text):
    return [str(problem) for problem in parse_definitions(text, "f.yml").problems]


def test_definitions_keep_every_language():
    found = parse_definitions(FILE)
    lapsed, vips = found.segments
    assert lapsed.title == Words.by_language(en="Lapsed customers", pt="Clientes inativos")
    assert lapsed.why == Words.by_language(pt="Seis meses sem pedidos.")
    assert vips.title == Words.plain("VIPs")
    assert found.partitions[0].title == Words.by_language(en="Stage", pt="Fase")
    (prop,) = found.events[0].properties
    assert (prop.title, prop.why) == (
        Words.by_language(en="amount", pt="valor"),
        Words.by_language(en="Value.", pt="Valor."),
    )


def test_the_vocabulary_carries_the_chosen_one():
    english, portuguese = vocabulary("en"), vocabulary("pt")
    assert (english.language, portuguese.language) == ("en", "pt")
    titles = [
        (it.segments["lapsed"].title, it.traits["orders"].title, it.traits["will_lapse"].title,
         it.events["order_completed"].title)
        for it in (english, portuguese)
    ]  # fmt: skip
    assert titles == [
        ("Lapsed customers", "Number of orders", "Risk", "placed an order"),
        ("Clientes inativos", "Número de pedidos", "Risco", "fez uma encomenda"),
    ]


def test_a_language_that_is_missing_falls_back_to_english_then_to_any():
    assert Words.by_language(en="Lapsed").chosen("pt") == "Lapsed"
    assert Words.by_language(pt="Inativos").chosen("en") == "Inativos"
    assert Words.plain("VIPs").chosen("pt") == "VIPs"
    assert Words.plain("VIPs").of_project("pt").written_in("pt") == "VIPs"
    assert vocabulary("en").segments["stage.buyer"].title == "Compradores"


def test_sentences_are_in_the_vocabulary_s_language():
    rule = parse_rule("in segment lapsed and orders > 2 and sum(order_completed.revenue) > 1234.5")
    assert sentence(rule, vocabulary("pt")) == (
        "Clientes que estão no segmento “Clientes inativos”, cujo número de pedidos é superior a 2 e "
        "cujo total do valor das encomendas é superior a 1.234,5."
    )
    assert sentence(rule, vocabulary("en")) == (
        "Customers who are in the segment “Lapsed customers”, whose number of orders is more than 2, "
        "and whose total amount of orders is more than 1,234.5."
    )


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("{fr: Perdus}", ["f.yml:1:29: no language `fr`; titles are in en, pt"]),
        ("{pt-BR: Inativos}", ["f.yml:1:29: no language `pt-BR`; did you mean `pt`?"]),
        ("{en: [a]}", ["f.yml:1:33: `title` in `en` is a text"]),
        ("{en: a, en: b}", ["f.yml:1:36: `en` is given twice"]),
        ("[a]", ["f.yml:1:28: `title` is a text"]),
        ("{en: }", []),
        ("", []),
    ],
)
def test_what_is_wrong_with_a_title_is_told(title, told):
    assert problems(f"segments: {{lapsed: {{title: {title}, rule: everyone}}}}") == told


def test_which_language_was_meant():
    assert [meant_language(code) for code in ("EN", "pt_PT", "eng", "xx")] == [
        "en",
        "pt",
        "en",
        None,
    ]

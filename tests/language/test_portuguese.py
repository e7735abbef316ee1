"""What a rule says in Portuguese, and that it says it in nothing else."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from hypothesis import given

from shoal.language import Words, parse_expression, parse_rule, sentence
from shoal.language.portuguese import moment, number
from shoal.language.portuguese_names import DEEDS
from shoal.language.portuguese_nouns import gender_of, plural
from shoal.language.portuguese_verbs import participle_for, verb_of
from shoal.language.vocabulary import EventEntry, SegmentEntry, TraitEntry, ValueType, Vocabulary
from shoal.language.wordings import ENGLISH, PORTUGUESE
from tests.language.examples import EXAMPLES
from tests.language.trees import SHOP, rules, values


def both(en, pt):
    return Words.by_language(en=en, pt=pt)


VOCABULARY = Vocabulary(
    events={
        "order_completed": EventEntry(
            "order_completed", "fez uma encomenda", words=both("placed an order", "fez uma encomenda"),
            property_words={"paid": both("amount paid", "valor pago")}, properties={"paid": ValueType.NUMBER},
        ),
        "gift_wrapped": EventEntry("gift_wrapped", "escreveu um cartão de oferta a um amigo"),
        "newsletter": EventEntry("newsletter", "Newsletter", words=Words.by_language(en="Newsletter")),
        "helped": EventEntry("helped", "foi ajudado"),
        "unreachable": EventEntry("unreachable", "não pôde ser contactado"),
        "referral": EventEntry("referral", "recomendou-nos a alguém"),
    },
    segments={
        "lapsed": SegmentEntry("lapsed", parse_rule("everyone"), "Inativos", both("Lapsed", "Inativos")),
        "vips": SegmentEntry("vips", parse_rule("everyone"), "VIPs", Words.by_language(en="VIPs")),
    },
    traits={
        "points": TraitEntry("points", title="Pontos de fidelidade"),
        "rfm": TraitEntry("rfm", title="RFM"),
        "said_at": TraitEntry("said_at", title="Quando foi dito"),
        "loyalty": TraitEntry("loyalty", title="Fidelidade à marca"),
        "birth_date": TraitEntry("birth_date"),
    },
    language="pt",
)  # fmt: skip

WANTED = [
    ("Clientes cujo total da receita dos pedidos nos últimos 365 dias está nos 20% mais altos dos "
    "clientes que fizeram um pedido."),
    "Clientes que fizeram pelo menos 4 pedidos nos últimos 28 dias.",
    "Clientes cujo primeiro pedido foi há no máximo 7 dias.",
    "Clientes que fizeram um pedido e cujo último pedido foi há mais de 180 dias.",
    ("Clientes que nos últimos 7 dias adicionaram um produto ao carrinho e depois não fizeram nenhum "
    "pedido no espaço de 24 horas, sempre com o mesmo produto."),
    ("Clientes que viram pelo menos 3 produtos com categoria “electronics” e preço igual ou superior a "
    "500 nos últimos 30 dias e que não fizeram nenhum pedido com categoria “electronics”."),
    ("Clientes cujo número de sessões nos últimos 30 dias é inferior a 0,5 vezes o seu número de "
    "sessões há entre 30 e 60 dias."),
    ("Clientes que tiveram pelo menos 5 e-mails enviados nos últimos 60 dias e que não abriram nenhum "
    "e-mail nos últimos 60 dias."),
    "Clientes cujo último sentimento conhecido é “negative”.",
    "Clientes cujo último pedido devolvido foi depois do seu último pedido.",
    ("Clientes cuja razão entre o número de pedidos com desconto superior a 0 e o número de pedidos é "
    "igual ou superior a 0,8 e que fizeram pelo menos 3 pedidos."),
    ("Razão entre o número de vezes que adicionaram um produto ao carrinho e depois não fizeram nenhum "
    "pedido no espaço de 24 horas, sempre com o mesmo produto e o número de produtos adicionados ao "
    "carrinho."),
    ("Lista de valores de produto das vezes em que adicionaram um produto ao carrinho e depois não "
    "fizeram nenhum pedido no espaço de 24 horas, sempre com o mesmo produto."),
    ("Clientes cuja proporção da categoria mais frequente entre os artigos é igual ou superior a 0,8 e "
    "que compraram pelo menos 20 artigos."),
    ("Clientes que fizeram pelo menos 5 pedidos e cujo desvio-padrão do tempo entre pedidos é inferior "
    "a 0,5 vezes o seu tempo médio entre pedidos."),
    ("Clientes que estão no segmento “lapsed”, que estão no segmento “high_value” e cujo "
    "“price_sensitivity” é igual ou superior a 0,8."),
    "Clientes que entraram no segmento “high_value” nos últimos 7 dias.",
    ("Clientes que fizeram uma marcação com canal “app” em pelo menos 3 dias diferentes nos últimos 90 "
    "dias."),
    "Clientes que não instalaram a aplicação.",
    "Clientes cujo próximo aniversário é daqui a no máximo 14 dias.",
    "Clientes cuja razão entre o número de pedidos no máximo 30 dias antes do feriado “Christmas Day” e o número de pedidos é igual ou superior a 0,5 e que fizeram pelo menos 3 pedidos.",
    "Clientes cujo número de pedidos em junho, julho ou agosto é igual ou superior a 0,8 vezes o seu número de pedidos e que fizeram pelo menos 5 pedidos.",
    "Hora do dia mais frequente dos e-mails abertos nos últimos 90 dias.",
    ("Clientes que estão no quintil 1 de 5 por tempo desde o seu último pedido e que estão no quintil 5 "
    "de 5 por número de pedidos."),
]  # fmt: skip
"""Every wanted rule of the design, in the order of ``EXAMPLES``."""

SAID = [
    ("everyone", "Todos os clientes."),
    ("nobody", "Nenhum cliente."),
    ("vip", "Clientes cujo “vip” é verdadeiro."),
    ("not vip", "Clientes cujo “vip” não é verdadeiro."),
    ("did order_completed", "Clientes que fizeram uma encomenda."),
    ("did not order_completed in last 1d", "Clientes que não fizeram nenhuma encomenda no último dia."),
    ("did not order_completed in last 1h", "Clientes que não fizeram nenhuma encomenda na última hora."),
    ("did order_completed in last 2w", "Clientes que fizeram uma encomenda nas últimas 2 semanas."),
    ("did order_completed between 60d and 30d ago",
     "Clientes que fizeram uma encomenda há entre 30 e 60 dias."),
    ("did order_completed between 1y and 2w ago",
     "Clientes que fizeram uma encomenda há entre 2 semanas e 1 ano."),
    ("did order_completed from 2026-01-01 to 2026-02-01",
     "Clientes que fizeram uma encomenda desde 1 de janeiro de 2026 até 1 de fevereiro de 2026."),
    ("did order_completed since 2026-11-01T09:30:00Z",
     "Clientes que fizeram uma encomenda desde 1 de novembro de 2026 às 09:30:00 UTC."),
    ("did not order_completed in next 90d",
     "Clientes que não vão fazer nenhuma encomenda nos próximos 90 dias."),
    ("count(order_completed in next 1mo) > 2",
     "Clientes que vão fazer mais de 2 encomendas no próximo mês."),
    ("did any event in last 7d", "Clientes que fizeram alguma coisa nos últimos 7 dias."),
    ("did not any event ever", "Clientes que não fizeram nada em momento algum."),
    ("did any of (order_completed, page_viewed)", "Clientes que fizeram uma encomenda ou viram uma página."),
    ("did not any of (order_completed, page_viewed)",
     "Clientes que não fizeram nenhuma encomenda nem viram nenhuma página."),
    ("count(any event) > 1", "Clientes que fizeram mais de 1 coisa."),
    ("count(order_completed) = 0", "Clientes que não fizeram nenhuma encomenda."),
    ("count(order_completed) != 3", "Clientes que não fizeram exatamente 3 encomendas."),
    ("count(gift_wrapped) < 2",
     "Clientes que escreveram menos de 2 cartões de oferta a um amigo."),
    ("count(newsletter) = 3", "Clientes que tiveram exatamente 3 eventos “Newsletter”."),
    ("did custom_thing", "Clientes que tiveram o evento “custom_thing”."),
    ("count(signed_up) > 2", "Clientes que se registaram mais de 2 vezes."),
    ("did not referral", "Clientes que não nos recomendaram a ninguém."),
    ("did helped", "Clientes que foram ajudados."),
    ("did unreachable", "Clientes que tiveram o evento “não pôde ser contactado”."),
    ("days(page_viewed) != 1", "Clientes que não viram uma página em exatamente 1 dia."),
    ("age(last(page_viewed)) < 3d", "Clientes que viram uma página pela última vez há menos de 3 dias."),
    ("age(first(page_viewed)) not between 3d and 1mo",
     "Clientes que viram uma página pela primeira vez há menos de 3 dias ou há mais de 1 mês."),
    ("age(last(order_completed)) between 3d and 10d",
     "Clientes cuja última encomenda foi há entre 3 e 10 dias."),
    ("age(birth_date) > 18y", "Clientes cuja data de nascimento foi há mais de 18 anos."),
    ("birth_date >= 2000-02-01", "Clientes cuja data de nascimento foi em 1 de fevereiro de 2000 ou depois."),
    ("last(order_completed) != first(order_completed)",
     "Clientes cuja última encomenda não foi no momento da sua primeira encomenda."),
    ("did order_completed where weekday(time) in (6, 7) and hour(time) < 12",
     "Clientes que fizeram uma encomenda num sábado ou num domingo e antes das 12:00."),
    ("did order_completed where month(time) = 12 or not channel = 'app'",
     "Clientes que fizeram uma encomenda em dezembro ou com canal diferente de “app”."),
    ("did order_completed where paid > 1234.5 and x = 'a' and coupon is not set",
     ("Clientes que fizeram uma encomenda com valor pago superior a 1.234,5 e “x” igual a “a” e cupão "
     "desconhecido.")),
    ("did order_completed where coupon is set and (price < paid or name contains 'q')",
     ("Clientes que fizeram uma encomenda com cupão conhecido e ou com preço inferior ao valor pago ou "
     "nome que contém “q”.")),
    ("points > 1000000", "Clientes cujos pontos de fidelidade são superiores a 1.000.000."),
    ("loyalty <= points",
     "Clientes cuja fidelidade à marca é igual ou inferior aos seus pontos de fidelidade."),
    ("loyalty = points", "Clientes cuja fidelidade à marca é igual aos seus pontos de fidelidade."),
    ("rfm in ('a', 'b')", "Clientes cujo RFM é “a” ou “b”."),
    ("rfm not in ('a', 'b')", "Clientes cujo RFM não é “a” nem “b”."),
    ("not rfm = 'a'", "Clientes cujo RFM não é “a”."),
    ("age(said_at) > 1d", "Clientes cujo “Quando foi dito” foi há mais de 1 dia."),
    ("rfm is not set", "Clientes cujo RFM é desconhecido."),
    ("email ends with '.pt'", "Clientes cujo e-mail termina em “.pt”."),
    ("country in ('PT')", "Clientes cujo país é “PT”."),
    ("values(order_completed.category) not has any of ('a', 'b')",
     "Clientes cuja lista de valores de categoria entre as encomendas não inclui “a” nem “b”."),
    ("in segment lapsed for at least 30d",
     "Clientes que estão no segmento “Inativos” há pelo menos 30 dias."),
    ("not in segment lapsed and not in segment vips",
     "Clientes que não estão em nenhum dos segmentos “Inativos” e “VIPs”."),
    ("not left segment lapsed in last 7d",
     "Clientes que não saíram do segmento “Inativos” nos últimos 7 dias."),
    ("not consents to marketing", "Clientes que não dão consentimento para marketing."),
    ("not sequence (page_viewed, order_completed within 2h)",
     "Clientes que nunca viram uma página e depois fizeram uma encomenda no espaço de 2 horas."),
    ("points in bottom 12.5%",
     "Clientes cujos pontos de fidelidade estão nos 12,5% mais baixos de todos os clientes."),
    ("percentile(points of (did order_completed)) >= 90",
     ("Clientes cujo percentil por pontos de fidelidade entre os clientes que fizeram uma encomenda é "
     "igual ou superior a 90.")),
    ("vip or did order_completed", "Clientes cujo “vip” é verdadeiro ou que fizeram uma encomenda."),
    ("vip and (did order_completed or did page_viewed)",
     "Clientes cujo “vip” é verdadeiro, e que ou fizeram uma encomenda ou viram uma página."),
    ("vip or did order_completed and did page_viewed",
     "Clientes cujo “vip” é verdadeiro, ou que fizeram uma encomenda e também viram uma página."),
    ("vip and (did order_completed or (did page_viewed and rfm = 'a'))",
     ("Clientes que cumprem todas estas condições: cujo “vip” é verdadeiro; ou que fizeram uma encomenda "
     "ou que viram uma página e também cujo RFM é “a”.")),
    ("avg(order_completed.revenue)", "Média da receita das encomendas."),
    ("max(order_completed.price)", "Maior preço das encomendas."),
    ("top(order_completed.category)", "Categoria mais frequente das encomendas."),
    ("first(order_completed.category) = 'a'",
     "Clientes cuja primeira categoria conhecida das encomendas é “a”."),
    ("coalesce(points, 0)", "Pontos de fidelidade (ou 0, na falta de valor)."),
    ("age(last(page_viewed))", "Tempo desde a sua última página vista."),
    ("case when did order_completed then 1 else 0 end",
     "Valor (1 para os clientes que fizeram uma encomenda, 0 nos outros casos)."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"), [(text, said) for (text, _), said in zip(EXAMPLES, WANTED, strict=True)]
)
def test_the_wanted_rules_in_portuguese(text, said):
    assert sentence(parse_expression(text), SHOP, "pt") == said


@pytest.mark.parametrize(("text", "said"), SAID)
def test_the_sentence(text, said):
    is_rule = said.startswith(("Clientes", "Todos", "Nenhum"))
    asked = (parse_rule if is_rule else parse_expression)(text)
    assert sentence(asked, VOCABULARY) == sentence(asked, VOCABULARY, "pt") == said


def test_a_vocabulary_speaks_the_language_asked_for():
    asked = parse_rule(
        "did order_completed where paid > 1 and in segment lapsed and in segment vips"
    )
    assert sentence(asked, VOCABULARY, "en") == (
        "Customers who have placed an order with amount paid above 1, who are in the segment “Lapsed”, "
        "and who are in the segment “VIPs”."
    )


@pytest.mark.parametrize("title", DEEDS.values())
def test_every_deed_of_everyday_is_taken_apart(title):
    entry = EventEntry("it", title)
    said = sentence(parse_rule("did it"), Vocabulary({"it": entry}, language="pt"))
    assert said.startswith("Clientes que ")
    assert "evento" not in said


# --- nothing but Portuguese -----------------------------------------------------------------------

ENGLISH_WORDS = re.compile(
    r"\b(the|of|and|or|who|whose|which|with|not|is|was|were|have|has|than|their|at|by|from|in|on|until"
    r"|since|before|after|last|first|among|between|customers?|days?|all|any|than|more|less|least)\b",
    re.IGNORECASE,
)
QUOTED = re.compile(r"“[^”]*”")


def is_whole(said):
    """Non-empty, ended, and balanced outside of what is quoted."""
    bare = QUOTED.sub("x", said)
    assert said.endswith(".")
    assert len(said) > 3
    assert "  " not in bare
    assert "{" not in bare
    depth = 0
    for sign in bare:
        depth += (sign == "(") - (sign == ")")
        assert depth >= 0, said
    assert depth == 0, said
    return bare


@given(rules())
def test_every_rule_has_a_portuguese_sentence(rule):
    said = sentence(rule, SHOP, "pt")
    bare = is_whole(said)
    assert not ENGLISH_WORDS.search(bare), said
    assert said == sentence(rule, SHOP, "pt")
    is_whole(sentence(rule, SHOP, "en"))


@given(values())
def test_every_value_has_a_portuguese_phrase(value):
    said = sentence(value, SHOP, "pt")
    assert not ENGLISH_WORDS.search(is_whole(said)), said
    is_whole(sentence(value, SHOP, "en"))


@given(rules(odd=True))
def test_odd_rules_have_a_sentence_too(rule):
    for language in ("en", "pt"):
        said = sentence(rule, Vocabulary(), language)
        assert said.endswith(".")
        assert said == sentence(rule, Vocabulary(), language)


# --- the tables -----------------------------------------------------------------------------------


def gaps(phrase):
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}


def test_both_languages_have_every_phrase():
    assert set(ENGLISH.phrases) == set(PORTUGUESE.phrases)
    assert set(PORTUGUESE.heads) <= set(PORTUGUESE.phrases)


@pytest.mark.parametrize("language", ["english", "portuguese"])
def test_no_phrase_is_written_twice(language):
    module = __import__(f"shoal.language.{language}_phrases", fromlist=["PHRASES"])
    tables = [value for name, value in vars(module).items()
              if isinstance(value, dict) and name.isupper() and name not in {"PHRASES", "HEADS"}]  # fmt: skip
    assert sum(map(len, tables)) == len(module.PHRASES)


def test_phrases_say_the_same_of_the_same():
    beside = {"low", "high", "spans", "falling", "rising", "number", "amount", "nor", "options"}
    differing = {
        key: (english, PORTUGUESE.phrases[key])
        for key, english in ENGLISH.phrases.items()
        if gaps(english) - beside != gaps(PORTUGUESE.phrases[key]) - beside
    }
    assert differing == {}


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "plural", "infinitive", "participle"),
    [
        ("comprou", "compraram", "comprar", "comprado"),
        ("recebeu", "receberam", "receber", "recebido"),
        ("abriu", "abriram", "abrir", "aberto"),
        ("saiu", "saíram", "sair", "saído"),
        ("concluiu", "concluíram", "concluir", "concluído"),
        ("seguiu", "seguiram", "seguir", "seguido"),
        ("pediu", "pediram", "pedir", "pedido"),
        ("viu", "viram", "ver", "visto"),
        ("deu", "deram", "dar", "dado"),
        ("fez", "fizeram", "fazer", "feito"),
        ("pôs", "puseram", "pôr", "posto"),
        ("compôs", "compuseram", "compor", "composto"),
        ("obteve", "obtiveram", "obter", "obtido"),
        ("interveio", "intervieram", "intervir", "intervindo"),
        ("subscreveu", "subscreveram", "subscrever", "subscrito"),
    ],
)
def test_verbs(word, plural, infinitive, participle):
    verb = verb_of(word)
    assert (verb.plural, verb.infinitive, verb.participle) == (plural, infinitive, participle)


@pytest.mark.parametrize("word", ["carrinho", "newsletter", "não", "ou", "eu", ""])
def test_what_is_no_verb(word):
    assert verb_of(word) is None


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("pedido", "pedidos"), ("promoção", "promoções"), ("mão", "mãos"), ("canal", "canais"),
        ("papel", "papéis"), ("móvel", "móveis"), ("perfil", "perfis"), ("e-mail", "e-mails"),
        ("viagem", "viagens"), ("cor", "cores"), ("mês", "meses"), ("país", "países"),
        ("lista de produtos", "listas de produtos"), ("pagamento recusado", "pagamentos recusados"),
        ("app", "apps"), ("checkout", "checkouts"),
    ],
)  # fmt: skip
def test_plurals(one, several):
    assert plural(one) == several


@pytest.mark.parametrize(
    "word", ["média", "cor", "sensibilidade", "imagem", "razão", "reunião", "soma"]
)
def test_feminine_nouns(word):
    assert gender_of(word) == "f"


@pytest.mark.parametrize("word", ["dia", "tema", "cupão", "valor", "pontos", "nível", "programa"])
def test_masculine_nouns(word):
    assert gender_of(word) == "m"


def test_participles_agree():
    assert participle_for("visto", feminine=True, plural=True) == "vistas"
    assert participle_for("entregue", feminine=True, plural=True) == "entregues"


def test_numbers_and_moments():
    assert [number(it, percent=False) for it in (1234567.5, -0.75, 0.0, 1e300, 12.0)] == [
        "1.234.567,5", "-0,75", "0", "1e+300", "12",
    ]  # fmt: skip
    assert number(0.125, percent=True) == "12,5%"
    assert moment("2026-03-01T01:05") == "1 de março de 2026 à 01:05"

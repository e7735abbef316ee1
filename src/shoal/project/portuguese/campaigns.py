"""Portuguese of campaigns: whether a message fits, what keeps it from going, what came of it."""

from __future__ import annotations

from collections.abc import Mapping

PHRASES: Mapping[str, str] = {
    "`now: latest_event` in shoal.yml: its time stands still until newer events come, and so does "
    "what is due by the clock; write `now: clock`": (
        "`now: latest_event` em shoal.yml: o tempo dela fica parado até chegarem eventos mais novos, "
        "e com ele o que depende do relógio; escreva `now: clock`"
    ),
    "only {0} of those who may be written to have `items`": (
        "só {0} dos que podem receber a mensagem têm `items`"
    ),
    "narrow the audience to those who have some, or say something without them": (
        "restrinja o público a quem os tem, ou diga algo que não precise deles"
    ),
    "`{0}` does not speak of `items`, the very things this is about": (
        "`{0}` não fala de `items`, justamente aquilo de que se trata"
    ),
    "`{0}` names nothing of what the group did ({1})": (
        "`{0}` não cita nada do que o grupo fez ({1})"
    ),
    "say why they get it: an item, a trait of what they did, or the words for it": (
        "diga por que a recebem: um item, um atributo do que fizeram, ou as palavras para isso"
    ),
    "`{0}` says “{1}” to people whose last time is long ago": (
        "`{0}` diz “{1}” a pessoas cuja última vez faz tempo"
    ),
    "speak of the time since, not of a recent deed": (
        "fale do tempo que passou, não de algo recente"
    ),
    "`{0}` makes an offer to people whose last experience was bad": (
        "`{0}` faz uma oferta a pessoas cuja última experiência foi ruim"
    ),
    "help first: send a service ticket (channel: ticket) instead of a promotion": (
        "ajude primeiro: abra um chamado de atendimento (channel: ticket) em vez de uma promoção"
    ),
    "`{0}` says “{1}”, which is wrong for this group": (
        "`{0}` diz “{1}”, o que não serve para este grupo"
    ),
    "say it in other words": "diga com outras palavras",
    "shoal.yml names no mail server: `{0}`": "shoal.yml não informa um servidor de e-mail: `{0}`",
    "shoal.yml names no public_url: e-mails would have no link to unsubscribe": (
        "shoal.yml não informa public_url: os e-mails ficariam sem link de descadastro"
    ),
    "shoal.yml says not where `{0}` goes: `{1}`": "shoal.yml não diz para onde vai `{0}`: `{1}`",
    "`items` is no list": "`items` não é uma lista",
    "`items` is used and not defined": "`items` é usado e não está definido",
    "no occasion `{0}`: it is neither a trait nor a public holiday": (
        "nenhuma ocasião `{0}`: não é um atributo nem um feriado"
    ),
    "use a trait, items, offer …": "use um atributo, items, offer …",
    "templates know no `{0}`": "os modelos não conhecem `{0}`",
    "variant `{0}` has no subject": "a variante `{0}` não tem assunto",
    "variant `{0}` has no text": "a variante `{0}` não tem texto",
    "measure what people do: did order_completed in next 14d": (
        "meça o que as pessoas fazem: did order_completed in next 14d"
    ),
    "{0} says no time to come": "{0} não diz um prazo à frente",
    "add `in next 14d`": "acrescente `in next 14d`",
    "{0} speaks of {1}, which has no days to come": "{0} fala de {1}, que não tem dias à frente",
    "a trait": "um atributo",
    "an age": "um tempo decorrido",
    "a time to come": "um tempo que falta",
    "an anniversary": "um aniversário",
    "a holiday": "um feriado",
    "days to a holiday": "dias até um feriado",
    "a time of day": "uma hora do dia",
    "a segment": "um segmento",
    "a consent": "um consentimento",
    "a rank": "uma posição",
    "`in next {0}` has no exact length": "`in next {0}` não tem duração exata",
    "write days: in next 30d": "escreva em dias: in next 30d",
    "`in next {0}` is longer than {1} days": "`in next {0}` é mais longo que {1} dias",
    "choose what tells sooner": "escolha algo que se veja antes",
    "{0} measures nothing that people do": "{0} não mede nada que as pessoas façam",
    "`{0}` is not known": "não se sabe `{0}`",
    "give it a fallback: | default: '…'": "dê uma alternativa: | default: '…'",
    "{0}: longer than {1} characters": "{0}: mais longo que {1} caracteres",
    "shorten it": "encurte",
    "filters are those of Liquid: default, date, upcase, truncate, join …": (
        "os filtros são os do Liquid: default, date, upcase, truncate, join …"
    ),
    "templates need an optional part that is not installed": (
        "os modelos precisam de uma parte opcional que não está instalada"
    ),
    "as the definition says": "como diz a definição",
    "the goal is no rule, so that power says nothing of it": (
        "o objetivo não é uma regra, então o poder estatístico nada diz dele"
    ),
    "the audience's past cannot be asked": "não se pode consultar o passado do público",
    "too few reached the goal before to work out a share": (
        "poucos atingiram o objetivo antes para calcular uma parcela"
    ),
    "the smallest that notices {0} more who reach the goal, within 5 % and 20 %": (
        "a menor que percebe {0} a mais atingindo o objetivo, entre 5 % e 20 %"
    ),
    "noticing {0} more would take {1}: no more than 20 % is taken": (
        "perceber {0} a mais pediria {1}: não se usa mais que 20 %"
    ),
    "nobody is left alone: there is nothing to compare with": (
        "ninguém fica de fora: não há com o que comparar"
    ),
    "nobody's days are over yet: there is nothing to compare": (
        "o prazo de ninguém terminou ainda: não há o que comparar"
    ),
    "{0} {1} where {2} were planned": "{0} {1} onde {2} eram o plano",
    (
        "people did not land in the arms as planned ({0}; p {1}): find out why before believing "
        "any effect"
    ): (
        "as pessoas não foram distribuídas como planejado ({0}; p {1}): descubra por quê antes de "
        "acreditar em qualquer efeito"
    ),
    "`{0}` differs between {1} and {2} (p {3}): was it really known before the start?": (
        "`{0}` difere entre {1} e {2} (p {3}): era mesmo conhecido antes do início?"
    ),
    "{0} is unset for {1} of {2} and {3} of {4}: who is missing may be all the difference": (
        "{0} está vazio para {1} de {2} e {3} de {4}: quem falta pode ser toda a diferença"
    ),
    "nothing varies, or an arm has fewer than two people; nothing can be told": (
        "nada varia, ou um braço tem menos de duas pessoas; nada se pode dizer"
    ),
    ("only {0} people with an outcome in the poorer arm; nothing is called before {1}"): (
        "só {0} pessoas com resultado no braço mais fraco; nada se afirma antes de {1}"
    ),
    "campaign `{0}`": "a campanha `{0}`",
    "variant `{0}`": "a variante `{0}`",
    "metric `{0}`": "a métrica `{0}`",
    "say which consent it needs: purpose: marketing": (
        "diga de qual consentimento precisa: purpose: marketing"
    ),
    "`purpose` is missing": "falta `purpose`",
    "`{0}` cannot be a purpose": "`{0}` não pode ser uma finalidade",
    "it is one of {0}": "é um de {0}",
    "it has {0}": "tem {0}",
    "`{0}` is no channel": "`{0}` não é um canal",
    "`{0}` stands beside `variants`": "`{0}` está ao lado de `variants`",
    "write it into a variant": "escreva-o dentro de uma variante",
    "`{0}` cannot be the name of a variant": "`{0}` não pode ser o nome de uma variante",
    "`variants` has none": "`variants` não tem nenhuma",
    "{0} variants are too many": "{0} variantes são demais",
    "no variant has a weight above 0": "nenhuma variante tem peso acima de 0",
    "variant `{0}` says nothing": "a variante `{0}` não diz nada",
    "`{0}` is no timing": "`{0}` não diz quando",
    "once, once at 2026-12-01T09:00, every 1w, on entering SEGMENT, on leaving SEGMENT, on event "
    "EVENT, or on occasion birthday 7d before": (
        "once, once at 2026-12-01T09:00, every 1w, on entering SEGMENTO, on leaving SEGMENTO, "
        "on event EVENTO, ou on occasion birthday 7d before"
    ),
    "`{0}` are no quiet hours": "`{0}` não são horas de silêncio",
    'write "21:00-08:00"': 'escreva "21:00-08:00"',
    "`{0}` is no cap": "`{0}` não é um limite",
    "write it as 2 per 7d": "escreva como 2 per 7d",
    "`priority` is a whole number": "`priority` é um número inteiro",
    "`{0}` is no share to leave alone": "`{0}` não é uma parte a deixar de fora",
    "{0} is a number from {1} to {2}": "{0} é um número de {1} a {2}",
    "write 2026-12-01T09:00": "escreva 2026-12-01T09:00",
    "{0} is a mapping, `name: …`": "{0} é um mapeamento, `nome: …`",
    "a name is expected here": "espera-se um nome aqui",
    "`{0}` is given twice": "`{0}` aparece duas vezes",
    "{0} is a list": "{0} é uma lista",
    "{0} has no `{1}`": "{0} não tem `{1}`",
    "{0} is a text": "{0} é um texto",
    "{0} is true or false": "{0} é verdadeiro ou falso",
}

"""Portuguese of what is wrong with a rule, or worth a look, and of groups that were found."""

from __future__ import annotations

from collections.abc import Mapping

PHRASES: Mapping[str, str] = {
    "from {0} to {1}": "de {0} a {1}",
    "never true: `{0}` is {1}": "nunca verdade: `{0}` é {1}",
    "never true together with its opposite: `{0}`": "nunca verdade junto com o seu oposto: `{0}`",
    "`{0}` cannot equal two texts at once": "`{0}` não pode ser igual a dois textos ao mesmo tempo",
    "no `{0}` meets all of this": "nenhum `{0}` cumpre tudo isto",
    "This is nearly everyone ({0}).": "São quase todos ({0}).",
    "{0} the same as `{1}`.": "{0} igual a `{1}`.",
    "`{0}` is about {1}, or may stand for it: use it with care.": (
        "`{0}` trata de {1}, ou pode representar isso: use com cuidado."
    ),
    "Only {0} match: chance alone moves every average.": (
        "Só {0} correspondem: o acaso sozinho já move qualquer média."
    ),
    "`{0}` is empty for {1} of everybody.": "`{0}` está vazio para {1} de todos.",
    "No `{0}` received since {1}.": "Nenhum `{0}` recebido desde {1}.",
    "Nobody matches.": "Ninguém corresponde.",
    "Nobody matches. Without `{0}` it would be {1}.": "Ninguém corresponde. Sem `{0}` seriam {1}.",
    "a number": "um número",
    "a text": "um texto",
    "true or false": "verdadeiro ou falso",
    "an instant": "uma data",
    "a duration": "uma duração",
    "a list": "uma lista",
    "of unknown type": "de tipo desconhecido",
    "did you mean `{0}`?": "seria `{0}`?",
    "no {0} `{1}`": "não há {0} `{1}`",
    "event": "evento",
    "trait": "característica",
    "segment": "segmento",
    "property": "propriedade",
    "purpose": "finalidade",
    "`did` takes an event, not its property `{0}`": (
        "`did` toma um evento, não a sua propriedade `{0}`"
    ),
    "`did` takes an event, not `{0}`": "`did` toma um evento, não `{0}`",
    "true and false have no order": "verdadeiro e falso não têm ordem",
    "use = or !=": "use = ou !=",
    "`{0}` looks into a text": "`{0}` procura num texto",
    "use `=` or `in (…)`": "use `=` ou `in (…)`",
    "`has` looks into a list": "`has` procura numa lista",
    "this share is not above 0% and up to 100%": "esta parte não está acima de 0% e até 100%",
    "a list is not equal to anything": "uma lista não é igual a nada",
    "use `has` or `has any of`": "use `has` ou `has any of`",
    "{0} is compared with {1}: always unknown": "{0} é comparado com {1}: nunca se sabe",
    "`{0}` ({1})": "`{0}` ({1})",
    "`{0}` cannot be compared with `{1}`, which follows the calendar": (
        "`{0}` não pode ser comparado com `{1}`, que segue o calendário"
    ),
    "only a plain age(…) or until(…) can; use days: 1mo is about 30d": (
        "só um age(…) ou until(…) simples pode; use dias: 1mo é cerca de 30d"
    ),
    "`{0}` is {1}, not true or false": "`{0}` é {1}, não verdadeiro ou falso",
    "compare it": "compare-o",
    "no segment `{0}`": "não há segmento `{0}`",
    "no purpose `{0}`": "não há finalidade `{0}`",
    "`age` takes an instant": "`age` toma uma data",
    "`until` takes an instant": "`until` toma uma data",
    "import it as a date, such as 1990-05-04": "importe-o como data, por exemplo 1990-05-04",
    "`{0}` takes an instant": "`{0}` toma uma data",
    "`{0}` takes an event, not its `{1}`": "`{0}` toma um evento, não o seu `{1}`",
    "`{0}` takes an event, not its property `{1}`": (
        "`{0}` toma um evento, não a sua propriedade `{1}`"
    ),
    "`{0}` needs a property": "`{0}` precisa de uma propriedade",
    "`{0}` needs a number, and `{1}` is {2}": "`{0}` precisa de um número, e `{1}` é {2}",
    "`{0}` has no calendar to look in: nobody's `country` is known": (
        "`{0}` não tem calendário em que procurar: não se conhece o `country` de ninguém"
    ),
    "import people's trait `country`, or set `country: PT` in shoal.yml": (
        "importe a característica `country` das pessoas, ou ponha `country: PT` em shoal.yml"
    ),
    "no holidays are known of the country `{0}`": "não se conhecem feriados do país `{0}`",
    "set `country` in shoal.yml to a code of two letters, such as PT": (
        "ponha `country` em shoal.yml com um código de duas letras, como PT"
    ),
    "no calendar has a holiday `{0}`": "nenhum calendário tem um feriado `{0}`",
    "`count` takes a sequence, not its property `{0}`": (
        "`count` toma uma sequência, não a sua propriedade `{0}`"
    ),
    "`values` needs a property": "`values` precisa de uma propriedade",
    "this is {0} at once": "isto é {0} ao mesmo tempo",
    "its values must be of one type": "os valores devem ser de um só tipo",
    "{0} ranks numbers, durations and instants": "{0} ordena números, durações e datas",
    "{0} `{1}` {2} has no meaning": "{0} `{1}` {2} não tem sentido",
    "{0}, and `{1}` is {2}": "{0}, e `{1}` é {2}",
    "`{0}` is a trait: put it before `did`, or `did …` in parentheses": (
        "`{0}` é uma característica: ponha-a antes de `did`, ou `did …` entre parênteses"
    ),
    "no property `{0}` of {1}": "não há propriedade `{0}` de {1}",
    "a sequence cannot begin with `not`": "uma sequência não pode começar com `not`",
    "begin with what happened": "comece com o que aconteceu",
    "a last `not` needs `within`": "um `not` no fim precisa de `within`",
    "`within` of the first step has nothing to count from": (
        "`within` do primeiro passo não tem de onde contar"
    ),
    "`in next` looks into the future": "`in next` olha para o futuro",
    "only the target of a prediction may; use `in last`": (
        "só o alvo de uma previsão pode; use `in last`"
    ),
    "`between {0} and {1} ago` holds nothing": "`between {0} and {1} ago` não contém nada",
    "the longer one comes first: between {0} and {1} ago": (
        "o mais longo vem primeiro: between {0} and {1} ago"
    ),
    "this window holds nothing": "esta janela não contém nada",
    "the earlier end comes first": "a ponta mais antiga vem primeiro",
    "`in last {0}` holds nothing": "`in last {0}` não contém nada",
    "{0} `{1}` is defined by itself": "{0} `{1}` é definido por si mesmo",
    "{0} `{1}` is defined in a circle: {2}": "{0} `{1}` é definido em círculo: {2}",
    "this rule has {0} characters": "esta regra tem {0} caracteres",
    "the most is {0}": "o máximo é {0}",
    "a character that cannot be written: U+{0}": "um caractere que não pode ser escrito: U+{0}",
    "more than {0} parentheses inside one another": "mais de {0} parênteses um dentro do outro",
    "give parts of it names, as segments or traits": (
        "dê nome a partes dela, como segmentos ou características"
    ),
    "`{0}(time)` has no event to ask": "`{0}(time)` não tem evento a perguntar",
    "it stands inside `where`: count(order_completed where hour(time) >= 18)": (
        "fica dentro de `where`: count(order_completed where hour(time) >= 18)"
    ),
    "it stands inside `where`; until(next_holiday()) and age(last_holiday()) count from now": (
        "fica dentro de `where`; until(next_holiday()) e age(last_holiday()) contam a partir de "
        "agora"
    ),
    "a property stands inside `where` only": "uma propriedade só fica dentro de `where`",
    "this comparison in `where` names no property of the event": (
        "esta comparação em `where` não nomeia propriedade do evento"
    ),
    (
        "compare a property, or hour(time), weekday(time), day(time), month(time), "
        "day_of_year(time), days_to_holiday(time), days_since_holiday(time)"
    ): (
        "compare uma propriedade, ou hour(time), weekday(time), day(time), month(time), "
        "day_of_year(time), days_to_holiday(time), days_since_holiday(time)"
    ),
    "`where` compares the event's own properties, with literals and with each other": (
        "`where` compara as propriedades do próprio evento, com valores escritos e entre si"
    ),
    "put anything else outside, joined by `and`": "ponha o resto fora, unido por `and`",
    "this is nested more than {0} levels deep": "isto tem mais de {0} níveis",
    "the end": "o fim",
    "a duration such as 30d": "uma duração como 30d",
    "a date such as 2026-11-01": "uma data como 2026-11-01",
    "a string in quotes": "um texto entre aspas",
    "one `=` compares": "um só `=` compara",
    "write `!=`": "escreva `!=`",
    "write `and`": "escreva `and`",
    "write `or`": "escreva `or`",
    "write `not`, or `!=`": "escreva `not`, ou `!=`",
    "use straight quotes, \" or '": "use aspas retas, \" ou '",
    "write `>=`": "escreva `>=`",
    "write `<=`": "escreva `<=`",
    "write `is not set`": "escreva `is not set`",
    "write `= …`, `is set` or `is not set`": "escreva `= …`, `is set` ou `is not set`",
    "write `contains`, `starts with` or `ends with`": (
        "escreva `contains`, `starts with` ou `ends with`"
    ),
    "write `did not …`": "escreva `did not …`",
    "write `in last 7d`": "escreva `in last 7d`",
    "this {0} is never closed": "este {0} não é fechado",
    "close it with {0}": "feche com {0}",
    "expected {0}": "esperava-se {0}",
    "`{0}` does not fit here": "`{0}` não cabe aqui",
    "a rule": "uma regra",
    "a value": "um valor",
    "an event": "um evento",
    "a name": "um nome",
    "a number, a string in quotes, a date or another literal": (
        "um número, um texto entre aspas, uma data ou outro valor escrito"
    ),
    "a comparison (=, >, in, between, contains, is set, …)": (
        "uma comparação (=, >, in, between, contains, is set, …)"
    ),
    "a window (in last 30d, since 2026-01-01, …)": "uma janela (in last 30d, since 2026-01-01, …)",
    "something else": "outra coisa",
    "there is no rule here": "não há regra aqui",
    "this ends too early": "isto acaba cedo demais",
    "write {0}{1}": "escreva {0}{1}",
    "a duration is a whole number and one of s, m, h, d, w, mo, y, such as 30d": (
        "uma duração é um número inteiro e um de s, m, h, d, w, mo, y, como 30d"
    ),
    "`{0}(…)` is a value: compare it, in `where` or within an aggregate": (
        "`{0}(…)` é um valor: compare-o, em `where` ou dentro de uma agregação"
    ),
    "there is no function `{0}`": "não há função `{0}`",
    "{0}; did you mean `{1}`?": "{0}; seria `{1}`?",
    "`where` comes before the window": "`where` vem antes da janela",
    "join two comparisons by `and`, or write `between … and …`": (
        "una duas comparações com `and`, ou escreva `between … and …`"
    ),
    "many {0}": "{0} acima do habitual",
    "very many {0}": "{0} muito acima do habitual",
    "few {0}": "{0} abaixo do habitual",
    "very few {0}": "{0} muito abaixo do habitual",
    "high {0}": "{0} acima do habitual",
    "very high {0}": "{0} muito acima do habitual",
    "low {0}": "{0} abaixo do habitual",
    "very low {0}": "{0} muito abaixo do habitual",
    "long {0}": "{0} acima do habitual",
    "very long {0}": "{0} muito acima do habitual",
    "short {0}": "{0} abaixo do habitual",
    "very short {0}": "{0} muito abaixo do habitual",
    "{0} long ago": "{0} há mais que o habitual",
    "{0} very long ago": "{0} há muito mais que o habitual",
    "recent {0}": "{0} há menos que o habitual",
    "very recent {0}": "{0} há muito menos que o habitual",
    "not: {0}": "não: {0}",
    "{0} not {1}": "{0} não é {1}",
    "much like everyone": "como todos os outros",
    "no {0}": "sem {0}",
    "says the same as “{0}”": "diz o mesmo que “{0}”",
    "unset for {0} of the people": "vazio para {0} das pessoas",
    "everybody with a value has the same one": "todos os que têm um valor têm o mesmo",
    "{0} of the people with a value has the same one": "{0} das pessoas com um valor têm o mesmo",
    "{0}: unset for {1}, counted {2}": "{0}: vazio para {1}, contado {2}",
    "unset for fewer than {0}, {1}: {2}": "vazio para menos de {0}, {1}: {2}",
    "as the longest, {0} days": "como o mais longo, {0} dias",
    "as the middle value, {0}": "como o valor do meio, {0}",
    "by the logarithm, for their long tails: {0}": (
        "pelo logaritmo, por causa das caudas longas: {0}"
    ),
    "no number of groups comes back when people are drawn again: take these as a sketch": (
        "nenhum número de grupos volta quando as pessoas são sorteadas de novo: tome estes como "
        "um esboço"
    ),
    (
        "the groups shade into each other: they cut a continuum, so people near a limit could as "
        "well be in the next group"
    ): (
        "os grupos passam de um para o outro sem limite nítido: quem está perto de um limite "
        "poderia estar no grupo ao lado"
    ),
    "too small to manage (under {0}): {1}": "pequenos demais para tratar (menos de {0}): {1}",
    (
        "HDBSCAN is for exploration: how steady its groups are is not measured; {0} of the "
        "people are in none of them"
    ): (
        "HDBSCAN serve para explorar: a firmeza dos grupos não é medida; {0} das pessoas não "
        "estão em nenhum"
    ),
    "counted as the middle value or the longest time": (
        "contados como o valor do meio ou o tempo mais longo"
    ),
}

"""Portuguese of what the data tell about themselves."""

from __future__ import annotations

from collections.abc import Mapping

PHRASES: Mapping[str, str] = {
    "what a wrong clock said": "o que um relógio errado disse",
    "the currency of an amount": "a moeda de um valor",
    "to know the same message again": "reconhecer a mesma mensagem",
    "to count each order once": "contar cada pedido uma vez",
    "{0} collected, {1} of them used by no definition and {2} without a reason": (
        "{0} coletados, {1} deles não usados por definição alguma e {2} sem motivo"
    ),
    "; it is about {0}": "; trata de {0}",
    " (it comes by {0})": " (vem por {0})",
    "write the definition that its reason speaks of, or stop collecting it{0}{1}": (
        "escreva a definição de que fala o motivo, ou deixe de coletá-lo{0}{1}"
    ),
    "stop collecting it: nothing uses it and nothing says why{0}{1}": (
        "deixe de coletá-lo: nada o usa e nada diz por quê{0}{1}"
    ),
    "say why it is collected, in events/*.yml{0}": "diga por que é coletado, em events/*.yml{0}",
    "it is used and about {0}: keep it only with a basis for that": (
        "é usado e trata de {0}: guarde-o só com uma base para isso"
    ),
    "Nothing is collected yet.": "Ainda não se coleta nada.",
    "{0} {0:field|fields}": "{0} {0:campo|campos}",
    "; {0} sensitive by name": "; {0} de nome sensível",
    ", {0} of these unused: begin there": ", {0} destes sem uso: comece por aí",
    "to reach people": "alcançar as pessoas",
    "for product insight": "para entender o produto",
    "to tell what people are worth": "dizer quanto as pessoas valem",
    (
        "Only definitions are looked at: a field that a message's text or a program of yours "
        "reads counts as unused here"
    ): (
        "Só se olham as definições: um campo lido pelo texto de uma mensagem ou por um programa "
        "seu conta aqui como não usado"
    ),
    "Mend first: {0}{1}. Nothing was changed or removed.": (
        "Conserte primeiro: {0}{1}. Nada foi mudado ou removido."
    ),
    "Usable with open eyes: look at {0}. Nothing was changed.": (
        "Utilizável de olhos abertos: olhe {0}. Nada foi mudado."
    ),
    "Nothing speaks against using these data.": "Nada fala contra usar estes dados.",
    "There are no data.": "Não há dados.",
    "There are no events yet.": "Ainda não há eventos.",
    "tracking plan": "o plano de coleta",
    "types": "os tipos",
    "missing data": "os dados que faltam",
    "duplicates": "as repetições",
    "times": "os horários",
    "volume": "o volume",
    "values": "os valores",
    "bots": "os robôs",
    "test accounts": "as contas de teste",
    "{0} or more moments within one minute": "{0} ou mais momentos dentro de um minuto",
    "active in {0} of the 24 hours of a day": "em atividade em {0} das 24 horas de um dia",
    "{0} {1} times within a day": "{0} {1} vezes num dia",
    "{0} {1:looks|look} like a program or a shared device, with {2} of all events: {3}.": (
        "{0} {1:parece|parecem} um programa ou um aparelho compartilhado, com {2} de todos os "
        "eventos: {3}."
    ),
    "Look at them, and leave them out of rules if they are no customers; nothing was removed.": (
        "Olhe-os, e deixe-os fora das regras se não são clientes; nada foi removido."
    ),
    "{0} {1:is|are} called like test accounts, with {2} ({3}).": (
        "{0} {1:tem|têm} nome de conta de teste, com {2} ({3})."
    ),
    "Send tests to a project of their own, or leave these people out by a trait.": (
        "Mande os testes a um projeto próprio, ou deixe estas pessoas de fora por uma "
        "característica."
    ),
    "Nobody acts faster, longer or more one-sidedly than a person could.": (
        "Ninguém age mais depressa, por mais tempo ou de modo mais monótono do que uma pessoa "
        "poderia."
    ),
    "{0} {0:event|events}": "{0} {0:evento|eventos}",
    "the same {0} in `{1}`": "o mesmo {0} em `{1}`",
    "page": "endereço",
    "These rows look like lines of orders: import them as `lines:` of one event.": (
        "Estas linhas parecem linhas de pedidos: importe-as como `lines:` de um evento."
    ),
    "Count orders by their number, or correct an order by a refund.": (
        "Conte pedidos pelo número, ou corrija um pedido com um reembolso."
    ),
    (
        "Imports brought {0} that {1:was|were} there already ({2}), recognised exactly and "
        "counted once."
    ): (
        "As importações trouxeram {0} que já {1:estava|estavam} lá ({2}), "
        "{1:reconhecida|reconhecidas} com exatidão e {1:contada|contadas} uma vez."
    ),
    (
        "{0} `{1}` ({2}) {3:is|are} like the one before in every property, within two seconds of "
        "the same person."
    ): (
        "{0} `{1}` ({2}) {3:é igual|são iguais} ao anterior em toda propriedade, em dois "
        "segundos e da mesma pessoa."
    ),
    "Give each deed a message id that stays the same when it is sent again.": (
        "Dê a cada ato um código de mensagem que fica o mesmo quando é enviado de novo."
    ),
    (
        "{0} of `{1}` ({2}) {3:is|are} like another of the same moment in every property: the "
        "same article twice, or a row exported twice?"
    ): (
        "{0} de `{1}` ({2}) {3:é igual|são iguais} a outra do mesmo momento em toda propriedade: "
        "o mesmo artigo duas vezes, ou uma linha exportada duas vezes?"
    ),
    "If they are exported twice, export the quantity instead, and replace the import.": (
        "Se são exportadas duas vezes, exporte a quantidade e substitua a importação."
    ),
    "{0} of `{1}`": "{0} de `{1}`",
    "Hardly any events look like the one before: {0}.": (
        "Quase nenhum evento é igual ao anterior: {0}."
    ),
    "Nothing came twice, and nothing looks alike.": "Nada veio duas vezes, e nada se parece.",
    "{0} of `{1}.{2}` ({3}) {4:stands|stand} in more than one event.": (
        "{0} de `{1}.{2}` ({3}) {4:está|estão} em mais de um evento."
    ),
    "{0} {0:row|rows}": "{0} {0:linha|linhas}",
    "See what is exported twice; nothing is counted twice here.": (
        "Veja o que é exportado duas vezes; aqui nada é contado duas vezes."
    ),
    "{0} {0:value|values}": "{0} {0:valor|valores}",
    "without anybody they belong to": "sem ninguém a quem pertençam",
    "{0} {1:is|are} set in less than half: {2}.": (
        "{0} {1:está preenchido|estão preenchidos} em menos da metade: {2}."
    ),
    "A rule on them is unknown for the rest: fill them, or do not build on them.": (
        "Uma regra sobre eles não se sabe para o resto: preencha-os, ou não construa sobre eles."
    ),
    "{0} in quarantine ({1} of what came): {2}.": "{0} em quarentena ({1} do que veio): {2}.",
    "`{0}` was set in {1} and is in {2} since {3}.": (
        "`{0}` estava preenchido em {1} e desde {3} está em {2}."
    ),
    "See what changed where it is sent at that time.": (
        "Veja o que mudou nessa época onde é enviado."
    ),
    "{0} {0:planned field|planned fields}": "{0} {0:campo planejado|campos planejados}",
    "Every planned field that came is set in half or more.": (
        "Todo campo planejado que veio está preenchido em metade ou mais."
    ),
    "Their sales are in no segment: give the customer, or a visitor's id, where they arise.": (
        "As vendas deles não estão em segmento algum: dê o cliente, ou o código de um visitante, "
        "onde surgem."
    ),
    "`shoal quarantine list` shows them; correct the file or the mapping, and replace.": (
        "Veja-as em Quarentena; corrija o arquivo ou o mapeamento, e substitua."
    ),
    ": did you mean `{0}`?": ": seria `{0}`?",
    "traits": "características",
    "properties of `{0}`": "propriedades de `{0}`",
    ", of the shape {0}": ", da forma {0}",
    ", first on {0}": ", primeiro em {0}",
    "What came is what was planned.": "O que veio é o que foi planejado.",
    "`{0}` is not in the plan and came {1}{2}": "`{0}` não está no plano e veio {1}{2}",
    "Name it as planned where it is sent, or plan it with a `why`.": (
        "Chame-o como no plano onde é enviado, ou planeje-o com um `why`."
    ),
    "{0} among the {1}: {2}.": "{0} entre as {1}: {2}.",
    "Plan them with a `why`, or stop sending them.": (
        "Planeje-os com um `why`, ou deixe de enviá-los."
    ),
    "{0} never came: {1}.": "{0} nunca {0:veio|vieram}: {1}.",
    "Start to send what a definition needs, or take it out of the plan.": (
        "Comece a enviar o que uma definição precisa, ou tire-o do plano."
    ),
    "{0} never came, though {1:its event|their events} did: {2}.": (
        "{0} nunca {1:veio|vieram}, embora {1:o seu evento tenha vindo|os seus eventos tenham "
        "vindo}: {2}."
    ),
    "Send them, or take them out of the plan.": "Envie-os, ou tire-os do plano.",
    "{0} of `{1}` ({2}) {3:is|are} no {4}{5}{6}.": "{0} de `{1}` ({2}) não {3:é|são} {4}{5}{6}.",
    "They are kept as received and read as unset: correct what is sent, then import anew.": (
        "Ficam guardados como vieram e são lidos como vazios: corrija o que é enviado, depois "
        "importe de novo."
    ),
    "Every value is of its property's type.": "Todo valor é do tipo da sua propriedade.",
    "There is no tracking plan: nothing says what should come, or why.": (
        "Não há plano de coleta: nada diz o que deveria vir, ou por quê."
    ),
    "Write `events/*.yml`, or take a pack's: `shoal pack add`.": (
        "Escreva `events/*.yml`, ou tome o de um pacote: `shoal pack add`."
    ),
    "{0} {0:time|times}": "{0} {0:vez|vezes}",
    "{0} {0:unplanned name|unplanned names}": "{0} {0:nome não planejado|nomes não planejados}",
    "`{0}` is planned as {1} and came as {2}.": "`{0}` está planejado como {1} e veio como {2}.",
    "Correct what is sent, or the plan; a rule reads what came.": (
        "Corrija o que é enviado, ou o plano; uma regra lê o que veio."
    ),
    "{0} {0:planned event|planned events}": "{0} {0:evento planejado|eventos planejados}",
    "number": "número",
    "money": "dinheiro",
    "text": "texto",
    "boolean": "sim ou não",
    "instant": "data",
    "{0} minutes": "{0} minutos",
    "a minute": "um minuto",
    "a quarter of an hour": "um quarto de hora",
    "an hour": "uma hora",
    "a day": "um dia",
    "a week": "uma semana",
    "longer": "mais",
    "{0} days": "{0} dias",
    "{0} within {1}": "{0} em {1}",
    ", {0} later than a week": ", {0} depois de uma semana",
    "Of {0} that came in live, {1}{2}.": "De {0} que chegaram ao vivo, {1}{2}.",
    "only ": "só ",
    "; weeks of {0} stand out too": "; as semanas de {0} também se destacam",
    "{0} ({1}) happened after {2:it was|they were} received, by up to {3}.": (
        "{0} ({1}) {2:aconteceu|aconteceram} depois de {2:recebido|recebidos}, por até {3}."
    ),
    "See the time zone of the file (`time_zone`), and which of two dates is taken.": (
        "Veja o fuso horário do arquivo (`time_zone`), e qual de duas datas é tomada."
    ),
    (
        "{0} ({1}) gave an impossible time, after receipt or before 1970, and stand{2:s|} at the "
        "receipt or in 1970: {3}."
    ): (
        "{0} ({1}) {2:deu|deram} um horário impossível, depois da chegada ou antes de 1970, e "
        "{2:está|estão} na chegada ou em 1970: {3}."
    ),
    "What was said is kept in `said_at`: mend the clock, or send `sentAt` beside the time.": (
        "O que foi dito fica em `said_at`: acerte o relógio, ou envie `sentAt` ao lado do horário."
    ),
    (
        "{0} stand at the beginning of 1970, before it, or more than a year ahead: an empty or "
        "misread time."
    ): (
        "{0} {0:está|estão} no começo de 1970, antes dele, ou mais de um ano à frente: um "
        "horário vazio ou mal lido."
    ),
    "Correct the column of times in the mapping, and replace the import.": (
        "Corrija a coluna de horários no mapeamento, e substitua a importação."
    ),
    "Nothing came in live, so nobody can say how late events arrive.": (
        "Nada chegou ao vivo, então não dá para dizer com que atraso os eventos chegam."
    ),
    "Rules stay exact, since they are reckoned by when it happened; campaigns react late.": (
        "As regras continuam exatas, pois contam por quando aconteceu; as campanhas reagem tarde."
    ),
    "Only the day is known of {0}.": "De {0} só se sabe o dia.",
    "`hour(time)` and sequences within a day say nothing there: send the time if there is one.": (
        "`hour(time)` e sequências dentro de um dia nada dizem aí: envie a hora, se houver."
    ),
    "In the week of {0} {1}{2} `{3}` came, where {4} were usual{5}.": (
        "Na semana de {0} vieram {1}{2} `{3}`, onde {4} eram comuns{5}."
    ),
    "A campaign or a season, or something that sends twice or has stopped: look at that week.": (
        "Uma campanha ou uma estação, ou algo que envia duas vezes ou parou: olhe essa semana."
    ),
    "No week of the last half year stands out.": "Nenhuma semana do último meio ano se destaca.",
    "none came in time": "nenhum chegou a tempo",
    ", where the project counts in {0}": ", onde o projeto conta em {0}",
    "Amounts come in {0}: {1}{2}.": "Os valores vêm em {0}: {1}{2}.",
    (
        "Sums of them mean nothing: send one currency, or keep amounts apart by `where currency "
        "= …`."
    ): (
        "Somá-los não significa nada: envie uma só moeda, ou separe os valores por `where "
        "currency = …`."
    ),
    "{0} always {1:holds|hold} the same value: {2}.": "{0} {1:tem|têm} sempre o mesmo valor: {2}.",
    "A field that never differs tells nobody apart: mend what sends it, or stop sending it.": (
        "Um campo que nunca difere não distingue ninguém: conserte o que o envia, ou deixe de "
        "enviá-lo."
    ),
    "`{0}` writes {1} in more than one way: {2}.": "`{0}` escreve {1} de mais de um modo: {2}.",
    "Texts compare sign by sign: send one spelling, or name all of them in rules.": (
        "Textos se comparam sinal por sinal: envie uma só grafia, ou nomeie todas nas regras."
    ),
    "{0} {0:currency|currencies}": "{0} {0:moeda|moedas}",
    (
        "{0} of `{1}` {2:has|have} more than four decimals where most have two: the dust of "
        "reckoning."
    ): (
        "{0} de `{1}` {2:tem|têm} mais de quatro decimais onde a maioria tem duas: a poeira do "
        "cálculo."
    ),
    "Round amounts where they are made; `=` does not find 0.30000000000000004.": (
        "Arredonde os valores onde são feitos; `=` não acha 0.30000000000000004."
    ),
    "{0} of `{1}` {2:is|are} below zero: cancellations or returns?": (
        "{0} de `{1}` {2:está|estão} abaixo de zero: cancelamentos ou devoluções?"
    ),
    "Import what came back as `order_refunded`, or leave it out by `where`.": (
        "Importe o que voltou como `order_refunded`, ou deixe-o de fora com `where`."
    ),
    "{0} of `{1}` {2:is|are} zero: gifts, samples, or amounts that were not known?": (
        "{0} de `{1}` {2:é|são} zero: brindes, amostras, ou valores que não se sabiam?"
    ),
    "Leave an unknown amount unset: zero counts in every average.": (
        "Deixe vazio um valor desconhecido: o zero conta em toda média."
    ),
    "some of these events are marked as sample data: nobody did them": (
        "alguns destes eventos estão marcados como dados de exemplo: ninguém os fez"
    ),
    (
        "{0} text fields hold more than {1} different values: their spellings are not compared, "
        "and their months are those of some of the people"
    ): (
        "{0} campos de texto têm mais de {1} valores diferentes: as grafias não se comparam, e "
        "os meses são os de parte das pessoas"
    ),
}

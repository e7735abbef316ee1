"""Portuguese of what is said about a segment."""

from __future__ import annotations

from collections.abc import Mapping

PHRASES: Mapping[str, str] = {
    "{0} in {1} days": "{0} em {1} dias",
    "time since the last {0}": "tempo desde o último evento de {0}",
    " days": " dias",
    "different {0}": "diferentes {0}",
    "mostly {0}": "mais vezes {0}",
    "to notice in a test that {0} takes {1} people": (
        "para notar num teste que {0} são precisas {1} pessoas"
    ),
    "under {0} of everybody": "menos de {0} de todos",
    (
        "The last week moved it by {0}; a week usually does by {1}. Look for a cause: a "
        "campaign, a season, or data that have not arrived."
    ): (
        "A última semana o mudou em {0}; uma semana costuma mudá-lo em {1}. Procure a causa: uma "
        "campanha, uma estação do ano, ou dados que não chegaram."
    ),
    (
        "Together {0}: {1} of all value from {2} of the people; {3} each, where the average is "
        "{4}{5}."
    ): ("Juntos {0}: {1} de todo o valor, de {2} das pessoas; {3} cada, onde a média é {4}{5}."),
    (
        "In {0} what members were worth together went from {1} to {2} ({3}{4}), each from {5} to "
        "{6} ({7})."
    ): (
        "Em {0}, o que os membros valiam juntos foi de {1} para {2} ({3}{4}); cada um, de {5} "
        "para {6} ({7})."
    ),
    " ({0} times)": " ({0} vezes)",
    (
        "Too tiny to manage as a segment: under {0} people chance alone moves every average. "
        "Write to them by hand, or widen the rule."
    ): (
        "Pequeno demais para tratar como segmento: com menos de {0} pessoas, só o acaso já move "
        "qualquer média. Escreva a elas à mão, ou alargue a regra."
    ),
    "Large enough: {0}.": "Grande o bastante: {0}.",
    "10% more of them have {0}": "10% mais deles terem {0}",
    "How its size went cannot be told: the data are younger than two weeks.": (
        "Não dá para dizer como o tamanho mudou: os dados têm menos de duas semanas."
    ),
    "It grew from {0} to {1} in {2} ({3}).": "Cresceu de {0} para {1} em {2} ({3}).",
    "It shrank from {0} to {1} in {2} ({3}).": "Encolheu de {0} para {1} em {2} ({3}).",
    "It is as large as {0} ago.": "Está do tamanho que tinha há {0}.",
    " That is unwelcome: the segment is marked {0}.": (
        " Isso não é bem-vindo: o segmento está marcado como {0}."
    ),
    "positive": "positivo",
    "negative": "negativo",
    (
        "What they are worth cannot be told: no event carries an amount. Name one with --value, "
        "or define a trait `customer_value`."
    ): (
        "Não dá para dizer quanto valem: nenhum evento traz um valor. Indique um com --value, ou "
        "defina uma característica `customer_value`."
    ),
    "Nobody has a value: `{0}` is nothing for everybody.": (
        "Ninguém tem valor: `{0}` é nada para todos."
    ),
    "They bring nothing: `{0}` comes to {1}.": "Não trazem nada: `{0}` dá {1}.",
    ", everybody's {0}": ", o de todos {0}",
    " The data are younger than what value looks back on: part of that is theirs.": (
        " Os dados são mais novos do que o período que o valor olha: parte disso se deve a eles."
    ),
    "one week": "uma semana",
    "{0} weeks": "{0} semanas",
    "Nobody is known yet at this instant.": "Nesta data ainda não se conhece ninguém.",
    "Large enough to manage; {0}.": "Grande o bastante para tratar; {0}.",
    "Large enough to manage.": "Grande o bastante para tratar.",
    "Small: {0}. Is it worth a campaign of its own?": "Pequeno: {0}. Vale uma campanha própria?",
    "Small: {0}, and {1}. Is it worth a campaign of its own?": (
        "Pequeno: {0}, e {1}. Vale uma campanha própria?"
    ),
    "they bring 10% more": "eles trazerem 10% mais",
    "Nobody of {0} people is in it.": "Ninguém de {0} pessoas está nele.",
    "{0}: {1} of the {2} known.": "{0}: {1} dos {2} conhecidos.",
    "Nobody is in it to be worth anything.": "Ninguém está nele para valer algo.",
    "All {0} people are in it: it tells nobody apart.": (
        "Todas as {0} pessoas estão nele: não distingue ninguém."
    ),
    " It is nearly everybody: look at who is not in it instead.": (
        " São quase todos: olhe antes para quem não está nele."
    ),
    "bought": "comprado",
    "placed an order": "feito um pedido",
    "done `{0}`": "feito `{0}`",
    "{0} people belong to both": "{0} pessoas estão nos dois",
    "{0}: {1} {2}{3}, the others {4}{3}": "{0}: {1} {2}{3}, os demais {4}{3}",
    "Nobody is in it to be told apart.": "Ninguém está nele para ser distinguido.",
    "It holds nearly everybody, so that every other segment is a part of it.": (
        "Contém quase todos, de modo que todo outro segmento é parte dele."
    ),
    "There is no other segment to compare it with.": "Não há outro segmento com que compará-lo.",
    "It shares nobody with the other segments ({0} compared).": (
        "Não tem ninguém em comum com os outros segmentos ({0} comparados)."
    ),
    "It holds exactly the people of `{0}`: one of the two is enough.": (
        "Contém exatamente as pessoas de `{0}`: um dos dois basta."
    ),
    "{0}: settle who hears from you for which.": (
        "{0}: decida por qual deles cada pessoa recebe notícias suas."
    ),
    (
        "What sets members apart cannot be told: too few people on one side, or no behaviour to "
        "compare."
    ): (
        "Não dá para dizer o que distingue os membros: pessoas de menos de um dos lados, ou "
        "nenhum comportamento a comparar."
    ),
    "Beyond what the rule itself says, members differ strongly: {0}.": (
        "Além do que a própria regra diz, os membros diferem muito: {0}."
    ),
    "Beyond what the rule itself says, members differ somewhat: {0}.": (
        "Além do que a própria regra diz, os membros diferem um pouco: {0}."
    ),
    "Members differ strongly: {0}.": "Os membros diferem muito: {0}.",
    "Members differ somewhat: {0}.": "Os membros diferem um pouco: {0}.",
    "On paper they differ too: {0}.": "No papel também diferem: {0}.",
    "{0} {1}: {2} of them, {3} of the others": "{0} {1}: {2} deles, {3} dos demais",
    "on average": "em média",
    "typically": "em geral",
    "{0}: mostly more than the others": "{0}: quase sempre mais que os demais",
    "{0}: mostly less than the others": "{0}: quase sempre menos que os demais",
    "{0} and {1} more": "{0} e mais {1}",
    "Almost the same people as `{0}`: {1}, {2} of all in either.": (
        "Quase as mesmas pessoas que `{0}`: {1}, {2} de quem está em algum deles."
    ),
    "nearly all of it lies inside {0}": "quase todo ele está dentro de {0}",
    "it contains nearly all of {0}": "contém quase todo o {0}",
    "Members differ from the rest only in what the rule itself says: {0}.": (
        "Os membros só diferem dos demais no que a própria regra diz: {0}."
    ),
    (
        "Members hardly differ from the rest in any of {0} behaviours (no effect of {1} or "
        "more): what would you tell them that you would not tell everybody?"
    ): (
        "Os membros mal diferem dos demais em qualquer de {0} comportamentos (nenhum efeito de "
        "{1} ou mais): o que você diria a eles que não diria a todos?"
    ),
    "Very much like `{0}`: {1}, {2} of all in either.": (
        "Muito parecido com `{0}`: {1}, {2} de quem está em algum deles."
    ),
    "The segment most like it is `{0}`: {1}, {2} of all in either.": (
        "O segmento mais parecido é `{0}`: {1}, {2} de quem está em algum deles."
    ),
    "{0} and {1}": "{0} e {1}",
    "{0} or {1}": "{0} ou {1}",
    "Nothing speaks against acting on it.{0}": "Nada fala contra agir sobre ele.{0}",
    " Not to be told from the data: {0}.": " Os dados não dizem: {0}.",
    "Mend this before you act on it: {0}{1}.{2}": "Conserte isto antes de agir: {0}{1}.{2}",
    "Worth acting on with open eyes: look at {0}.{1}": "Vale agir, de olhos abertos: olhe {0}.{1}",
    "Nobody is known whom it could be judged by.{0}": (
        "Não se conhece ninguém por quem julgá-lo.{0}"
    ),
    "; look also at {0}": "; olhe também {0}",
    "size": "o tamanho",
    "value": "o valor",
    "distinct": "a distinção",
    "measurable": "a medida",
    "actionable": "o alcance",
    "stable": "a estabilidade",
    "rule": "a regra",
    "sensitive": "o que é sensível",
    "A part can never be met: {0}.": "Uma parte nunca pode valer: {0}.",
    "`{0}` leaves out everybody for whom `{1}` is not set": (
        "`{0}` deixa de fora todos os que não têm `{1}`"
    ),
    "write `({0} or {1} is not set)`": "escreva `({0} or {1} is not set)`",
    "`{0}` says nothing new: whoever meets `{1}` meets it anyway.": (
        "`{0}` não diz nada de novo: quem cumpre `{1}` já a cumpre."
    ),
    "`{0}` says nothing new: whoever meets it meets `{1}` anyway.": (
        "`{0}` não diz nada de novo: quem a cumpre já cumpre `{1}`."
    ),
    "`{0}` passes over events whose `{1}` is not set": "`{0}` passa por cima de eventos sem `{1}`",
    (
        "{0} {1:is|are} longer than the data, which begin {2} days before: what happened earlier "
        "does not count."
    ): (
        "{0} {1:é|são} mais {1:longo|longos} que os dados, que começam {2} dias antes: o que "
        "houve antes não conta."
    ),
    "The rule is sound: every part can be met, is needed, and passes nobody over.": (
        "A regra está bem: cada parte pode valer, é necessária e não passa por cima de ninguém."
    ),
    "Today nobody's membership hangs on {0}.": (
        "Hoje ninguém está ou deixa de estar no segmento por causa de {0}."
    ),
    "Nothing it reads is called anything sensitive, and members do not differ notably by {0}.": (
        "Nada do que a regra lê tem nome sensível, e os membros não diferem notavelmente em {0}."
    ),
    (
        "Nothing it reads is called anything sensitive; there is no trait by which members could "
        "be compared with the rest."
    ): (
        "Nada do que a regra lê tem nome sensível; não há característica pela qual comparar os "
        "membros com os demais."
    ),
    (
        "It reads {0}, that is {1}, which may stand for {2}: have a reason you could tell the "
        "people concerned."
    ): (
        "A regra lê {0}, isto é, {1}, o que pode representar {2}: tenha um motivo que possa "
        "contar às pessoas em questão."
    ),
    (
        "It reads {0}, that is {1}: have a reason you could tell the people concerned, and ask "
        "whether the law allows it."
    ): (
        "A regra lê {0}, isto é, {1}: tenha um motivo que possa contar às pessoas em questão, e "
        "pergunte se a lei o permite."
    ),
    "It asks for {0}, which may hint at {1}: people may not expect to be addressed by that.": (
        "A regra pergunta por {0}, o que pode indicar {1}: as pessoas podem não esperar ser "
        "abordadas por isso."
    ),
    (
        "Though it does not read `{0}`, members differ in it (Cramér's V {1} among the {2} who "
        "have it): {3} are {4} of members and {5} of the others. Whoever is treated by this "
        "segment is in part treated by {6}."
    ): (
        "Embora a regra não leia `{0}`, os membros diferem nisso (V de Cramér {1} entre os {2} "
        "que o têm): {3} são {4} dos membros e {5} dos demais. Quem é tratado por este segmento "
        "é em parte tratado por {6}."
    ),
    "{0}{1}. If you want them, {2}.": "{0}{1}. Se os quiser, {2}.",
    "`{0}` is true for nobody.": "`{0}` não vale para ninguém.",
    "those below {0}": "os abaixo de {0}",
    "those from {0} on": "os a partir de {0}",
    "those from {0} to {1}": "os de {0} a {1}",
    "`{0}` is true for everybody: it decides nothing.": "`{0}` vale para todos: não decide nada.",
    "health": "saúde",
    "religion or belief": "religião ou crença",
    "ethnic origin": "origem étnica",
    "sex or gender": "sexo ou gênero",
    "sexual orientation": "orientação sexual",
    "age": "idade",
    "family or pregnancy": "família ou gravidez",
    "politics or a trade union": "política ou sindicato",
    "income or wealth": "renda ou patrimônio",
    "where somebody lives": "onde a pessoa mora",
    "origin, income or age": "origem, renda ou idade",
    "age, health or origin": "idade, saúde ou origem",
    "sex, age or health": "sexo, idade ou saúde",
    "In a usual week {0} of its members stay; {1} come and {2} go.": (
        "Numa semana comum ficam {0} dos membros; entram {1} e saem {2}."
    ),
    "firm": "firme",
    "not stable": "instável",
    (
        "It ranks people against each other. With the people drawn again {0} times, {1} of it "
        "stays the same on average, {2} at least: it is {3}."
    ): (
        "A regra ordena as pessoas umas em relação às outras. Sorteando-as de novo {0} vezes, em "
        "média {1} do segmento fica igual, no mínimo {2}: o resultado é {3}."
    ),
    "Of its numbers most hangs on the {0} in `{1}`: it would hold {2}, instead of {3}.": (
        "Dos seus números, o que mais pesa é o {0} em `{1}`: teria {2}, em vez de {3}."
    ),
    "Nobody is in it to stay or leave.": "Ninguém está nele para ficar ou sair.",
    "How long people stay cannot be told: there are no two weeks with members.": (
        "Não dá para dizer quanto tempo as pessoas ficam: não há duas semanas com membros."
    ),
    (
        "Its thresholds are fixed, so nobody's membership hangs on who else is there; drawing "
        "other people would change nothing."
    ): (
        "Os limiares são fixos: ninguém entra ou sai por causa dos outros; sortear outras "
        "pessoas não mudaria nada."
    ),
    (
        "It ranks people against each other, and this form of ranking is not drawn again here: "
        "how much hangs on who else is there is not known."
    ): (
        "A regra ordena as pessoas umas em relação às outras, e esta forma de ordenar não é "
        "sorteada de novo aqui: não se sabe quanto depende de quem mais está lá."
    ),
    "Moving any threshold by a tenth changes nobody.": (
        "Mover qualquer limiar em um décimo não muda ninguém."
    ),
    " Have a reason for this very number.": " Tenha um motivo para exatamente este número.",
    (
        " Of all in it now or a week before, less than half are in both: take its members when "
        "you send, not earlier."
    ): (
        " De quem está nele agora ou estava há uma semana, menos da metade está nas duas datas: "
        "tome os membros na hora do envio, não antes."
    ),
    " Take its members afresh for every use.": " Tome os membros de novo a cada uso.",
    "{0} with {1}": "{0} com {1}",
    "It reads what is often missing: {0}.": "Lê o que muitas vezes falta: {0}.",
    "`{0}` is set for {1} of profiles": "`{0}` está preenchido em {1} dos perfis",
    "`{0}` is set for {1} of its events": "`{0}` está preenchido em {1} dos seus eventos",
    (
        "For {0} ({1}) the rule is neither true nor false, since something it reads is not set; "
        "they are left out."
    ): (
        "Para {0} ({1}) a regra não é verdadeira nem falsa, pois falta algo que ela lê; ficam de "
        "fora."
    ),
    "{0} can be reached ({1}).": "{0} podem ser alcançados ({1}).",
    "{0} ({1}) consent to {2}; never asked is no consent.": (
        "{0} ({1}) consentem com {2}; nunca ter sido perguntado não é consentir."
    ),
    "Of those in it {0} days ago {1} have {2} since. ": (
        "De quem estava nele há {0} dias, {1} têm {2} desde então. "
    ),
    (
        "{0}A test on {1}, one half left alone, would notice a rise to {2} or more ({3}); with "
        "one in ten left alone, to {4} ({5})."
    ): (
        "{0}Um teste com {1}, metade deixada em paz, notaria uma alta para {2} ou mais ({3}); "
        "com um em dez deixado em paz, para {4} ({5})."
    ),
    (
        "{0}A test on {1}, one half left alone, would notice a rise to {2} or more ({3}); with "
        "one in ten left alone, none."
    ): (
        "{0}Um teste com {1}, metade deixada em paz, notaria uma alta para {2} ou mais ({3}); "
        "com um em dez deixado em paz, nenhuma."
    ),
    "In money: each brought {0} in {1} days; the same test would notice {2} more ({3}%)": (
        "Em dinheiro: cada um trouxe {0} em {1} dias; o mesmo teste notaria {2} a mais ({3}%)"
    ),
    "The rule reads no field: there is nothing to measure.": (
        "A regra não lê campo algum: não há nada a medir."
    ),
    "Nothing was ever received of {0}.": "Nunca se recebeu nada de {0}.",
    "What it reads is there: {0}.": "O que lê está lá: {0}.",
    "For everybody the rule is plainly true or false.": (
        "Para todos a regra é claramente verdadeira ou falsa."
    ),
    "Nobody is in it to be reached.": "Ninguém está nele para ser alcançado.",
    (
        "Nothing in the data says how to reach anybody: no e-mail, phone, address, app or visit. "
        "Import one as a trait of the profiles, or hand the list to a tool that has it."
    ): (
        "Nada nos dados diz como alcançar alguém: nem e-mail, telefone, endereço, aplicativo ou "
        "visita. Importe um como característica dos perfis, ou entregue a lista a uma ferramenta "
        "que o tenha."
    ),
    (
        "Whether they may be written to is not checked: the segment names no purpose. Give it "
        "one (`purpose: marketing`)."
    ): (
        "Não se verifica se se pode escrever a eles: o segmento não nomeia uma finalidade. "
        "Dê-lhe uma (`purpose: marketing`)."
    ),
    (
        "What a campaign could notice cannot be told: nobody belonged four weeks ago, or nothing "
        "says what success is."
    ): (
        "Não dá para dizer o que uma campanha notaria: há quatro semanas ninguém estava nele, ou "
        "nada diz o que é sucesso."
    ),
    ", with one in ten left alone {0} ({1}%).": ", com um em dez deixado em paz {0} ({1}%).",
    "It reads events alone: {0}.": "Só lê eventos: {0}.",
    "No `{0}` has happened for {1} days: does it still arrive?": (
        "Há {1} dias não acontece `{0}`: ainda chega?"
    ),
    "{0}A test on {1} would notice no rise of that at all: nearly all do it anyway.": (
        "{0}Um teste com {1} não notaria alta alguma disso: quase todos já o fazem."
    ),
    "{0}A test on {1} would notice no rise of that at all: they are too few.": (
        "{0}Um teste com {1} não notaria alta alguma disso: são poucos demais."
    ),
    "e-mail": "e-mail",
    "phone": "telefone",
    "push": "push",
    "post": "correio",
    "app": "aplicativo",
    "website": "site",
    "`{0}` is set": "`{0}` está preenchido",
    "{0} in the last {1} days": "{0} nos últimos {1} dias",
    "{0} {0:person|people}": "{0} {0:pessoa|pessoas}",
    "over {0}": "mais de {0}",
    "under {0}": "menos de {0}",
    "unchanged": "sem mudança",
    "from nothing": "a partir de nada",
    "not compared, since they look back on changes of other segments: {0}": (
        "não comparados, pois olham para mudanças de outros segmentos: {0}"
    ),
    "sizes are those of five instants, since ranking so many anew takes long": (
        "os tamanhos são os de cinco datas, pois ordenar tantos de novo demora"
    ),
    "{0} grew from {1} to {2} within a week; usually it moves by about {3}.{4}": (
        "{0} cresceu de {1} para {2} em uma semana; em geral muda cerca de {3}.{4}"
    ),
    "{0} shrank from {1} to {2} within a week; usually it moves by about {3}.{4}": (
        "{0} encolheu de {1} para {2} em uma semana; em geral muda cerca de {3}.{4}"
    ),
    "at least {0}": "ao menos {0}",
    "at most {0}": "no máximo {0}",
    "{0} should come to {1} by {2}: it is {3}": "{0} deve chegar a {1} até {2}: está em {3}",
    " and, as it goes, will be {0}": " e, como vai, chegará a {0}",
    " That is good news.": " É uma boa notícia.",
    " That is bad news.": " É uma má notícia.",
}

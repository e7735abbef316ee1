"""Portuguese of what comes as plain text: one-off refusals, and reasons kept beside what they are of.

Their English phrases are recognised by the words around the gaps.
"""

from __future__ import annotations

from collections.abc import Mapping

REFUSALS: Mapping[str, str] = {
    "the address or the password is wrong": "o endereço ou a senha está incorreto",
    "this link was used already or is too old": "este link já foi usado ou é antigo demais",
    "there is no user {0}": "não existe o usuário {0}",
    "nobody takes their own rights away": "ninguém tira os próprios direitos",
    "let another admin do it": "deixe outro administrador fazer isso",
    "this is the last admin who can log in": "este é o último administrador que pode entrar",
    "make somebody else an admin first": "torne outra pessoa administradora antes",
    "the page's token is missing or of another session": (
        "o token da página falta ou é de outra sessão"
    ),
    "log in, or show an admin key as bearer": "entre, ou mostre uma chave de administrador",
    "{0} may not do this: it needs `{1}`": "{0} não pode fazer isto: é preciso `{1}`",
    "too much is being searched at once": "há procuras demais ao mesmo tempo",
    "too much is being sent at once": "há envios demais ao mesmo tempo",
    "come again soon": "volte em instantes",
    "nobody waits for this answer any longer": "ninguém espera mais por esta resposta",
    "`{0}` is no target": "`{0}` não é uma meta",
    "write conversion_rate=0.05": "escreva conversion_rate=0.05",
    "made-up people are not mixed with those of a project that holds some": (
        "pessoas inventadas não se misturam com as de um projeto que já tem pessoas"
    ),
    "the mapping is no JSON": "o mapeamento não é JSON",
    "`{0}` is still under way; wait until it is done": (
        "`{0}` ainda está em andamento; espere até terminar"
    ),
    "`{0}` is used by {1}": "`{0}` está em uso: {1}",
    "the segment `{0}`": "o segmento `{0}`",
    "the trait `{0}`": "a característica `{0}`",
    "the prediction `{0}`": "a previsão `{0}`",
    "the campaign `{0}`": "a campanha `{0}`",
    "webhook {0}": "webhook {0}",
    "change or remove what uses it first": "mude ou remova primeiro o que o usa",
    "`{0}` is a part of a partition: the page cannot remove it": (
        "`{0}` é parte de uma partição: a página não pode removê-lo"
    ),
    "change the partition in its file": "mude a partição no arquivo dela",
    "`{0}` is written between braces: the page cannot remove it": (
        "`{0}` está escrito entre chaves: a página não pode removê-lo"
    ),
    "remove it from its file, and apply": "remova-o do arquivo e aplique",
    "version {0} is not the last one any more": "a versão {0} já não é a última",
    "`shoal version restore` writes back the files of any version": (
        "`shoal version restore` escreve de volta os arquivos de qualquer versão"
    ),
    "before the first version there was nothing": "antes da primeira versão não havia nada",
    "the definition files were changed and not applied yet": (
        "os arquivos de definições mudaram e ainda não foram aplicados"
    ),
    "apply them first: `shoal plan` shows what waits, `shoal apply` applies it": (
        "aplique-os primeiro: `shoal plan` mostra o que espera, `shoal apply` aplica"
    ),
    "`{0}` is under way with other parameters": "`{0}` está em andamento com outros parâmetros",
    "wait until it is done, or cancel it": "espere até terminar, ou cancele",
    "nothing of `{0}` is under way": "nada de `{0}` está em andamento",
    "it was cancelled; what it had kept by then is kept": "foi cancelado; o que já tinha guardado fica guardado",
    "--from is later than --to": "--from vem depois de --to",
    "swap them": "troque-os",
    "`from` is not before `to`": "`from` não vem antes de `to`",
    "the password has fewer than {0} characters": "a senha tem menos de {0} caracteres",
    "a sentence of a few words is easy to remember and hard to guess": (
        "uma frase de poucas palavras é fácil de lembrar e difícil de adivinhar"
    ),
    "the password has more than {0} characters": "a senha tem mais de {0} caracteres",
    "the password is one of the first that are tried": (
        "a senha é uma das primeiras que se tentam"
    ),
    "choose another": "escolha outra",
    "a segment's name or --rule: {0}": "o nome de um segmento ou --rule: {0}",
    "give one of them": "informe um deles",
    "no segment `{0}` is applied": "nenhum segmento `{0}` está aplicado",
    "it is written in {0}: `shoal apply` makes it so": (
        "ele está escrito em {0}: `shoal apply` o aplica"
    ),
    "`shoal segment list` shows them": "`shoal segment list` os mostra",
    "1 to {0} steps and 1 to {1} events a step can be shown": (
        "podem ser mostrados de 1 a {0} passos e de 1 a {1} eventos por passo"
    ),
    "a path's time has an exact length": "o tempo de um caminho tem duração exata",
    "write 30d in place of 1mo": "escreva 30d em vez de 1mo",
    "`{0}` is no event to start at": "`{0}` não é um evento para começar",
    "write order_completed, or order_completed where revenue > 50 in last 30d": (
        "escreva order_completed, ou order_completed where revenue > 50 in last 30d"
    ),
    "nobody does `{0}`: it follows from what they do": (
        "ninguém faz `{0}`: resulta do que as pessoas fazem"
    ),
    "no event has the property `{0}`": "nenhum evento tem a propriedade `{0}`",
    "a cohort begins with an event or by entering a segment: give one of them": (
        "uma safra começa com um evento ou com a entrada em um segmento: informe um deles"
    ),
    "1 to {0} cohorts can be shown": "podem ser mostradas de 1 a {0} safras",
    "take longer periods": "use períodos mais longos",
    "`{0}` is no event to begin with": "`{0}` não é um evento para começar",
    "write order_completed, or order_completed where revenue > 50": (
        "escreva order_completed, ou order_completed where revenue > 50"
    ),
    "a file sent through the page has 1 to {0} MiB": (
        "um arquivo enviado pela página tem de 1 a {0} MiB"
    ),
    "import a larger one with `shoal import FILE` where it lies": (
        "importe um maior com `shoal import FILE`, onde ele está"
    ),
    "{0} files were sent and not imported yet": "{0} arquivos foram enviados e ainda não importados",
    "import or drop one of them first": "importe ou descarte um deles antes",
    "there is not enough room on the disk for this file": (
        "não há espaço no disco para este arquivo"
    ),
    "the file cannot be kept: {0}": "o arquivo não pode ser guardado: {0}",
    "{0} bytes are there; the next part begins there": (
        "{0} bytes já chegaram; a próxima parte começa aí"
    ),
    "the file is longer than it was said to be": "o arquivo é maior do que foi dito",
    "{0} of {1} bytes are there: send the others": "{0} de {1} bytes chegaram: envie os outros",
    "this file is not here any more": "este arquivo não está mais aqui",
    "send it once more": "envie-o de novo",
    "cannot read {0}: {1}": "não se pode ler {0}: {1}",
    "cannot change {0}: {1}": "não se pode mudar {0}: {1}",
    "{0} is written in a way that cannot be changed here": (
        "{0} está escrito de um modo que não pode ser mudado aqui"
    ),
    "change it by hand": "mude à mão",
    "`{0}` is not a span of time": "`{0}` não é um período de tempo",
    "write a number and one of {0}, such as 30m or 1d": (
        "escreva um número e um de {0}, como 30m ou 1d"
    ),
    "not a name": "não é um nome",
    "write a line of text": "escreva uma linha de texto",
    "`{0}` is not a currency": "`{0}` não é uma moeda",
    "use a code such as EUR": "use um código como BRL",
    "`{0}` is not a country": "`{0}` não é um país",
    "use a code of two letters such as PT": "use um código de duas letras como BR",
    "`{0}` is not a meaning of now": "`{0}` não é um significado de agora",
    "write `clock` or `latest_event`": "escreva `clock` ou `latest_event`",
    "`{0}` has no exact length": "`{0}` não tem duração exata",
    "write it in s, m, h, d or w": "escreva em s, m, h, d ou w",
    "no language `{0}`": "nenhum idioma `{0}`",
    "there is no file `{0}`": "não existe o arquivo `{0}`",
    "import {0} was taken back already, at {1}": "a importação {0} já foi desfeita, em {1}",
    "`{0}` is not there any more": "`{0}` não está mais lá",
    "there is no import {0}": "não existe a importação {0}",
    "`shoal import list` shows them": "`shoal import list` as mostra",
    "a funnel ends with a step that people come to, not with a `not`": (
        "um funil termina com um passo ao qual se chega, não com um `not`"
    ),
    "a funnel has two steps or more": "um funil tem dois passos ou mais",
    "`{0}` is no sequence of steps": "`{0}` não é uma sequência de passos",
    "give each step by itself": "informe cada passo separado",
    "nothing in quarantine is called `{0}`": "nada na quarentena se chama `{0}`",
    "nothing in quarantine is called `{0}`; nothing was changed": (
        "nada na quarentena se chama `{0}`; nada mudou"
    ),
    "`shoal quarantine list` shows all": "`shoal quarantine list` mostra tudo",
    "there is no text to put in its place": "não há texto para pôr no lugar",
    "nobody is known as `{0}`": "ninguém é conhecido como `{0}`",
    "ids are as written: 007 is not 7": "os ids valem como escritos: 007 não é 7",
    "{0} people are too few to look for groups: at least {1} are needed": (
        "{0} pessoas são poucas para procurar grupos: são precisas ao menos {1}"
    ),
    "the rule has {0} rows and groups; at most {1} are counted": (
        "a regra tem {0} linhas e grupos; no máximo {1} são contados"
    ),
    "give parts of it names, as segments": "dê nome a partes dela, como segmentos",
    "`{0}` is {1}: it cannot {2} now": "`{0}` está em {1}: não pode {2} agora",
    "draft": "rascunho",
    "checked": "verificada",
    "approved": "aprovada",
    "running": "andamento",
    "paused": "pausa",
    "done": "conclusão",
    "approve": "ser aprovada",
    "start": "começar",
    "pause": "pausar",
    "resume": "retomar",
    "stop": "parar",
    "check it first": "verifique-a antes",
    "approve it first": "aprove-a antes",
    "only a running campaign can be paused": "só uma campanha em andamento pode ser pausada",
    "only a paused campaign can be resumed": "só uma campanha pausada pode ser retomada",
    "it is a draft, or done already": "é um rascunho, ou já terminou",
    "`{0}` was changed since it was checked": "`{0}` mudou desde que foi verificada",
    "`shoal campaign check {0}`, and approve it again": (
        "`shoal campaign check {0}`, e aprove-a de novo"
    ),
    "messages that are `{0}` are not sent again": "mensagens em `{0}` não são enviadas de novo",
    "`{0}` was never started": "`{0}` nunca começou",
    "no message is `{0}`": "nenhuma mensagem está em `{0}`",
    "one of {0}": "um de {0}",
    "no file defines the campaign `{0}`": "nenhum arquivo define a campanha `{0}`",
    "`{0}` is no name for a campaign": "`{0}` não serve de nome para uma campanha",
    "small letters, digits and underscores, such as spring_sale": (
        "letras minúsculas, dígitos e sublinhados, como oferta_de_verao"
    ),
    "{0} exists and defines something else": "{0} existe e define outra coisa",
    "take another name": "escolha outro nome",
    "there is a campaign `{0}` already": "já existe uma campanha `{0}`",
    "the campaign has {0} characters": "a campanha tem {0} caracteres",
    "shorten its texts": "encurte os textos",
    "a text holds half a character, which no file can hold": (
        "um texto tem meio caractere, o que nenhum arquivo guarda"
    ),
    "`{0}` is written in braces: the page cannot change it": (
        "`{0}` está escrita entre chaves: a página não pode mudá-la"
    ),
    "change it in its file": "mude no arquivo",
    "`{0}` is no name for a segment": "`{0}` não serve de nome para um segmento",
    "small letters, digits and underscores, such as big_spenders": (
        "letras minúsculas, dígitos e sublinhados, como grandes_compradores"
    ),
    "no file defines `{0}`": "nenhum arquivo define `{0}`",
    "`{0}` is a part of a partition: the page cannot change it yet": (
        "`{0}` é parte de uma partição: a página ainda não pode mudá-la"
    ),
    "another process sends the campaigns of this project": (
        "outro processo envia as campanhas deste projeto"
    ),
    "a served project does that by itself": "um projeto servido faz isso sozinho",
    "there is no event `{0}`": "não existe o evento `{0}`",
    "`{0}` has no property `{1}`": "`{0}` não tem a propriedade `{1}`",
    "there are no events yet": "ainda não há eventos",
    "there are no properties yet": "ainda não há propriedades",
    "the events are {0}": "os eventos são {0}",
    "the properties are {0}": "as propriedades são {0}",
}

STORE: Mapping[str, str] = {
    "no space left beside the books `{0}`": "não há mais espaço no disco para os registros `{0}`",
    "no space left beside the books `{0}`; nothing was changed": (
        "não há mais espaço no disco para os registros `{0}`; nada mudou"
    ),
    "free some space and run it again": "libere espaço e tente de novo",
    "the books `{0}` cannot be read: {1}": "os registros `{0}` não podem ser lidos: {1}",
    "the books `{0}` cannot be written: {1}; nothing was changed": (
        "os registros `{0}` não podem ser escritos: {1}; nada mudou"
    ),
    "`shoal doctor` says what is wrong with the project": (
        "`shoal doctor` diz o que há de errado com o projeto"
    ),
    "the books `{0}` have format {1}, written by a newer Shoal; this one reads up to {2}": (
        "os registros `{0}` têm o formato {1}, escrito por um Shoal mais novo; este lê até {2}"
    ),
    "upgrade Shoal": "atualize o Shoal",
    "the store in `{0}` cannot be written: {1}": "os dados em `{0}` não podem ser escritos: {1}",
    "{0} owns the store in `{1}` and {2}": "{0} está de posse dos dados em `{1}` e {2}",
    "another process": "outro processo",
    "another process ({0})": "outro processo ({0})",
    "process {0}": "o processo {0}",
    "process {0} ({1})": "o processo {0} ({1})",
    "has kept it for {0} s": "não os largou por {0} s",
    "is not taking writes of others": "não aceita o que outros escrevem",
    "cannot be reached ({0})": "não pode ser alcançado ({0})",
    "stop it first": "pare-o primeiro",
    "try again when it has finished": "tente de novo quando ele terminar",
    "the process that owns the store went away before it answered": (
        "o processo que estava de posse dos dados sumiu antes de responder"
    ),
    "look whether it is done, and do it again if not": (
        "veja se foi feito, e faça de novo se não foi"
    ),
    "the owner does not know `{0}`": "quem está de posse dos dados não conhece `{0}`",
    "the request makes no sense: {0}": "o pedido não faz sentido: {0}",
}

REASONS: Mapping[str, str] = {
    # rows of files
    "{0} cells where the header has {1} cells": ("{0} células onde o cabeçalho tem {1} células"),
    "is not JSON: {0} at column {1}": "não é JSON: {0} na coluna {1}",
    # events that came in live
    "it is no object": "não é um objeto",
    "it is not JSON": "não é JSON",
    "it has no user and no anonymous id": "não tem usuário nem id anônimo",
    "it has no event name": "não tem nome de evento",
    "`{0}` is no time": "`{0}` não é uma data",
    "its type is `{0}`, which is none of the calls": (
        "o tipo é `{0}`, que não é nenhuma das chamadas"
    ),
    "it has no type, which is none of the calls": "não tem tipo, e assim não é nenhuma das chamadas",
    "it tells of a group, and names nobody in it": "fala de um grupo, e não nomeia ninguém nele",
    "it tells of a group, and names none": "fala de um grupo, e não nomeia nenhum",
    "it tells of no person, or not what to do": "não fala de pessoa alguma, ou não diz o que fazer",
    "it is no report of Amazon SES": "não é um aviso do Amazon SES",
    "Amazon SNS asks to confirm the subscription: open its SubscribeURL": (
        "o Amazon SNS pede para confirmar a assinatura: abra o SubscribeURL"
    ),
    "a refund's webhook names no customer; subscribe to orders/updated as well": (
        "o webhook de um reembolso não nomeia o cliente; assine também orders/updated"
    ),
    "it cannot be read again: {0}": "não se pode ler de novo: {0}",
    "its import is not known": "a importação não é conhecida",
    "`{0}`, whose header says what the cells are, is gone": (
        "`{0}`, cujo cabeçalho diz o que são as células, não existe mais"
    ),
    # messages that did not go
    "no consent": "sem consentimento",
    "not reachable by the channel": "fora do alcance do canal",
    "suppressed": "suprimido",
    "left alone": "deixado de fora",
    "capped": "no limite de mensagens",
    "there is no variant `{0}` any more": "não existe mais a variante `{0}`",
    "the message cannot be made: {0}": "a mensagem não pode ser feita: {0}",
    "the e-mail address is none": "o endereço de e-mail não é um",
    "no mail server is set in shoal.yml": "nenhum servidor de e-mail está em shoal.yml",
    "shoal.yml names no `channels: {0}`": "shoal.yml não informa `channels: {0}`",
    "it answered {0}": "respondeu {0}",
    "the campaign was stopped": "a campanha foi parada",
}

PHRASES: Mapping[str, str] = {**REFUSALS, **STORE, **REASONS}
ELSEWHERE = (
    "no segment `{0}`", "did you mean `{0}`?", "nobody is named: `{0}` is empty",
    "has no time: `{0}` is empty", "`{0}` is not a time: `{1}`",
    "`{0}` is before 1684 or after 2255: `{1}`", "no event is named: `{0}` is empty",
    "`{0}` is empty", "a quoted cell is not closed", "holds a NUL byte", "is JSON, but no object",
    "is nested too deeply", "`{0}` is not known",
)  # fmt: skip
"""Phrases of other tables that are kept as plain text, too."""

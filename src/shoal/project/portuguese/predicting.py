"""Portuguese of predictions: how they stand, why somebody has their score, and why one refuses."""

from __future__ import annotations

from collections.abc import Mapping

TOLD: Mapping[str, str] = {
    "not known": "não se conhece",
    "another": "outro",
    "yes": "sim",
    "no": "não",
    "{0} {0:day|days}": "{0} {0:dia|dias}",
    "{0}: {1}, which raises it": "{0}: {1}, o que a aumenta",
    "{0}: {1}, which lowers it": "{0}: {1}, o que a diminui",
    "its models are of a later time than is asked about": (
        "os seus modelos são de um tempo posterior ao perguntado"
    ),
    "it rests on `{0}`, which was changed since it was fitted: fit it again": (
        "depende de `{0}`, que mudou desde que foi ajustada: ajuste-a de novo"
    ),
    "it could not be scored: {0}": "não foi possível pontuá-la: {0}",
    "its scores are no longer spread as they were: fit it again": (
        "as suas pontuações já não se distribuem como antes: ajuste-a de novo"
    ),
    "Scores are spread unlike those it was calibrated by: fit it again.": (
        "As pontuações distribuem-se de outro modo que na calibração: ajuste-a de novo."
    ),
    "Scores are spread as they were, though what some of them rest on has moved.": (
        "As pontuações distribuem-se como antes, embora algo em que se apoiam tenha mudado."
    ),
    "Nothing has moved since it was fitted.": "Nada mudou desde que foi ajustada.",
}

KEPT: Mapping[str, str] = {
    "looking at what was known on {0}, and what came": (
        "olhando o que se sabia em {0} e o que veio depois"
    ),
    "learning": "aprendendo",
    "scoring everybody": "pontuando todos",
    "making the model of {0}": "fazendo o modelo de {0}",
    "foretelling on {0} what came after it": "prevendo em {0} o que veio depois",
    "the process that works predictions out ended early; what it had kept is kept": (
        "o processo que calcula previsões terminou antes; o que tinha guardado está guardado"
    ),
    "the prediction cannot be worked out: {0}": "a previsão não pode ser calculada: {0}",
    "came true for": "cumpriu-se para",
    "did not come true for": "não se cumpriu para",
    "`{0}` {1} {2} of {3} people in the horizons before: at least {4} are needed, {5} more": (
        "`{0}` {1} {2} de {3} pessoas nos horizontes anteriores: são precisas pelo menos {4}, mais {5}"
    ),
    "until then go by the share that it came true for, {0}, and by how long ago people did it last": (
        "até lá guie-se pela parte para quem se cumpriu, {0}, e por há quanto tempo o fizeram"
    ),
    "`{0}` looks {1} ahead, and there is less history before {2} than one and a half times that": (
        "`{0}` olha {1} adiante, e antes de {2} há menos história do que uma vez e meia isso"
    ),
    "wait, import older events, or look less far ahead": (
        "espere, importe eventos mais antigos, ou olhe menos longe"
    ),
    "`{0}` was about nobody at {1}: nothing can be tested": (
        "`{0}` não tratava de ninguém em {1}: nada se pode testar"
    ),
    "there is nothing to learn `{0}` from at {1}": "não há de que aprender `{0}` em {1}",
    "import what people did before, or list `features`": (
        "importe o que as pessoas fizeram antes, ou liste `features`"
    ),
    "predictions are written in predictions/*.yml": "previsões escrevem-se em predictions/*.yml",
    "no prediction `{0}` is applied": "nenhuma previsão `{0}` está aplicada",
    "`{0}` was never fitted": "`{0}` nunca foi ajustada",
    "`shoal predict fit {0}` does it": "`shoal predict fit {0}` faz isso",
    "`{0}` was changed since it was fitted": "`{0}` mudou desde que foi ajustada",
    "fit it again: `shoal predict fit {0}`": "ajuste-a de novo: `shoal predict fit {0}`",
    "no model of `{0}` is of {1} or before: one that saw what came later must not answer": (
        "nenhum modelo de `{0}` é de {1} ou de antes: um que viu o que veio depois não deve responder"
    ),
    "`shoal predict fit {0} --as-of {1}` makes one of that time": (
        "`shoal predict fit {0} --as-of {1}` faz um desse tempo"
    ),
    "`{0}` rests on `{1}`, which was changed since it was fitted": (
        "`{0}` depende de `{1}`, que mudou desde que foi ajustada"
    ),
    "`{0}` is not about `{1}` at {2}": "`{0}` não trata de `{1}` em {2}",
    "its `population` leaves them out, or they were not known yet": (
        "a sua `population` deixa essa pessoa de fora, ou ela ainda não era conhecida"
    ),
    "rows that were imported are taken to have been known as soon as they happened": (
        "linhas importadas contam como conhecidas logo que aconteceram"
    ),
    "there is too little to hold a later time against an earlier one: calibrated on people left "
    "out in turn, which flatters": (
        "há pouco para comparar um tempo com outro anterior: calibrada com pessoas deixadas de fora "
        "por turnos, o que favorece"
    ),
    "values without a date hold at every instant, so these may know what came later: {0}": (
        "valores sem data valem em qualquer momento, e estes podem saber o que veio depois: {0}"
    ),
    "LightGBM is not installed, so trees were not tried": (
        "o LightGBM não está instalado, e as árvores não foram tentadas"
    ),
    "trees sort later people surely better ({0} against {1})": (
        "as árvores ordenam com certeza melhor as pessoas posteriores ({0} contra {1})"
    ),
    "trees do not sort later people surely better ({0} against {1}), so the simple one is kept": (
        "não é certo que as árvores ordenem melhor as pessoas posteriores ({0} contra {1}): fica o simples"
    ),
    "whether `{0}` is set sorts people with an AUC of {1}: it seems to exist only after the outcome; "
    "leave it out with `without`": (
        "se `{0}` está definido ordena as pessoas com AUC {1}: parece existir só depois do resultado; "
        "deixe-o de fora com `without`"
    ),
    "`{0}` alone sorts people with an AUC of {1}: too good to be true; if it becomes known only with "
    "the outcome, leave it out with `without`": (
        "`{0}` sozinho ordena as pessoas com AUC {1}: bom demais para ser verdade; se só se conhece com "
        "o resultado, deixe-o de fora com `without`"
    ),
    "how long ago people did it last sorts as well ({0} against {1}): the model adds nothing to it": (
        "há quanto tempo o fizeram ordena tão bem quanto ele ({0} contra {1}): o modelo nada acrescenta"
    ),
    "chances are off by {0} on average: sort by them, and do not count on them": (
        "as probabilidades erram em média {0}: sirva-se delas para ordenar, não como números certos"
    ),
}
"""Of what is kept beside a model, or comes from another process: known again by the words."""

PHRASES: Mapping[str, str] = {**TOLD, **KEPT}

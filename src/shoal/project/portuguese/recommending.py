"""Portuguese of why an item is recommended."""

from __future__ import annotations

from collections.abc import Mapping

PHRASES: Mapping[str, str] = {
    "bought": "comprou",
    "listened to": "ouviu",
    "watched": "viu",
    "booked": "reservou",
    "read": "leu",
    "looked at": "consultou",
    "downloaded": "descarregou",
    "had": "teve",
    "once": "uma vez",
    "{0} times": "{0} vezes",
    "{0} {1}, last on {2}": "{0} {1}, a última em {2}",
    "because you {0} `{1}`": "porque {0} `{1}`",
    "because you looked at it": "porque o consultou",
    "because you looked at `{0}`": "porque consultou `{0}`",
    "because you searched for “{0}”": "porque procurou “{0}”",
    "new in `{0}`": "novidade em `{0}`",
    "what people {0} next after `{1}`": "o que quem {0} `{1}` escolheu a seguir",
    "{0} on visits like yours": "quem fez uma visita como a sua {0}",
    "{0} {0:person|people} in the last {1} days, {2} in the {1} before": (
        "{0} {0:pessoa|pessoas} nos últimos {1} dias, {2} nos {1} anteriores"
    ),
    "popular in the last {0} days": "popular nos últimos {0} dias",
    "popular": "popular",
    "{0} {0:person|people} had both": "{0} {0:pessoa teve|pessoas tiveram} ambos",
    "{0} together with `{1}` {2} {2:time|times}": "quem {0} `{1}` levou-o também {2} {2:vez|vezes}",
}

"""YAML in which only ``true`` and ``false`` are booleans: ``on`` and ``NO`` are texts."""

from __future__ import annotations

import re
from typing import Any, cast

from yaml import SafeLoader, load


class _Plain(SafeLoader):
    """Norway is a country."""


_Plain.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for sign, resolvers in SafeLoader.yaml_implicit_resolvers.items()
}
cast("Any", _Plain).add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf")
)


def read_yaml(text: str) -> Any:
    """The document as plain data; raises yaml.YAMLError.

    >>> read_yaml("on: [NO, true]")
    {'on': ['NO', True]}
    """
    return load(text, Loader=_Plain)  # noqa: S506  a safe loader, with fewer booleans

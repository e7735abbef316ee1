"""Labelled sample data: made-up shoppers whose truth is known.

Nouns: Spec, Sample, Stream. Verb: ``make_sample``, which gives the same people for the same seed.
"""

from __future__ import annotations

from shoal.samples.making import Sample, make_sample
from shoal.samples.spec import Spec, parse_spec
from shoal.samples.stream import Stream

__all__ = ["Sample", "Spec", "Stream", "make_sample", "parse_spec"]

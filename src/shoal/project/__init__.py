"""A project: its settings, definitions and data, and every question that can be asked of them.

Nouns: Project, Settings, Definitions, Reading, Question, Plan, Report, Shop. Ties the rooms
together; reads and writes the project's folder, and the clock.
"""

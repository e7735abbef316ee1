"""What people do and whether they come back: funnels, paths, retention, figures by segment.

Purpose: questions about behaviour over time, put as rules of the language, and their answers added
up. Nouns: Funnel, PathGrid, RetentionGrid, Period, Measure. Reads rules, arrays of answers and rows.
Writes nothing.
"""

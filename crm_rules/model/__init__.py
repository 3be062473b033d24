"""The project model: what a project file can say.

One file per subject. A field is declared once, with its type, unit, range, meaning, question and
meaning of blank; the loader, the fact schema and every generated form read that declaration.
Nothing here reads a file, draws a conclusion or computes a schedule.
"""

"""Reports: an assessment turned into text, JSON and so on. One pure function per format; nothing is printed here."""

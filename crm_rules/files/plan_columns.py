"""Which column of a task list says what, told by its heading in English, German or Polish."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crm_rules.files.plan_values import Language, is_unit
from crm_rules.roadmap.kind_names import folded

HEADINGS: Final[Mapping[str, Mapping[Language, str]]] = {
    "id": {
        "en": "id|task id|no|number|nr|#|key|activity id|task no|task number|item",
        "de": "nr|nummer|vorgangsnr|vorgangsnummer|lfd nr|pos|vorgangs-id",
        "pl": "lp|identyfikator|numer|nr zadania|id zadania",
    },
    "unique_id": {
        "en": "unique id|uid|unique_id",
        "de": "eindeutige nr|eindeutige id|eindeutige nummer",
        "pl": "identyfikator unikatowy|unikatowy identyfikator",
    },
    "outline_number": {
        "en": "wbs|outline number|wbs code",
        "de": "psp|psp-code|gliederungsnummer|psp code",
        "pl": "spp|kod spp|numer konspektu|wbs",
    },
    "outline_level": {
        "en": "outline level|level|indent",
        "de": "gliederungsebene|ebene",
        "pl": "poziom konspektu|poziom",
    },
    "parent": {
        "en": "parent|parent id|parent task|summary task|part of",
        "de": "übergeordneter vorgang|teil von|sammelvorgang",
        "pl": "zadanie nadrzędne|nadrzędne|zadanie sumaryczne",
    },
    "name": {
        "en": "name|task name|task|activity|activity name|title|description|summary|task title",
        "de": "vorgangsname|vorgang|aufgabe|bezeichnung|aktivität|titel|beschreibung|aufgabenname",
        "pl": "nazwa|nazwa zadania|zadanie|czynność|tytuł|opis|nazwa czynności",
    },
    "duration": {
        "en": "duration|length|days|effort days",
        "de": "dauer|tage",
        "pl": "czas trwania|czas|długość|dni",
    },
    "predecessors": {
        "en": "predecessors|predecessor|depends on|after|dependencies|dependency|preds|waits for",
        "de": "vorgänger|abhängig von|abhängigkeiten|nach",
        "pl": "poprzedniki|poprzednik|zależności|zależy od|po",
    },
    "unique_predecessors": {
        "en": "unique id predecessors|unique_id_predecessors",
        "de": "eindeutige nr vorgänger",
        "pl": "unikatowe identyfikatory poprzedników",
    },
    "start": {
        "en": "start|start date|begin|scheduled start|planned start|from|start_date",
        "de": "anfang|start|beginn|startdatum|geplanter anfang|anfangstermin|von",
        "pl": "rozpoczęcie|początek|start|data rozpoczęcia|od",
    },
    "finish": {
        "en": "finish|finish date|end|end date|scheduled finish|planned finish|due|due date|to|finish_date",
        "de": "ende|fertig|enddatum|fertigstellung|geplantes ende|endtermin|bis|fertigstellungstermin",
        "pl": "zakończenie|koniec|data zakończenia|termin zakończenia|do",
    },
    "actual_start": {
        "en": "actual start|actual start date|started",
        "de": "ist-anfang|tatsächlicher anfang|tatsächlicher beginn|aktueller anfang",
        "pl": "rozpoczęcie rzeczywiste|rzeczywiste rozpoczęcie",
    },
    "actual_finish": {
        "en": "actual finish|actual finish date|actual end|finished",
        "de": "ist-ende|tatsächliches ende|aktuelles ende",
        "pl": "zakończenie rzeczywiste|rzeczywiste zakończenie",
    },
    "baseline_start": {
        "en": "baseline start",
        "de": "geplanter anfang basisplan|basisplan anfang|basisplananfang",
        "pl": "rozpoczęcie według planu bazowego|rozpoczęcie planu bazowego",
    },
    "baseline_finish": {
        "en": "baseline finish",
        "de": "basisplan ende|basisplanende",
        "pl": "zakończenie według planu bazowego|zakończenie planu bazowego",
    },
    "deadline": {
        "en": "deadline",
        "de": "stichtag",
        "pl": "termin ostateczny|ostateczny termin",
    },
    "owner": {
        "en": "owner|resource names|resources|resource|assigned to|assignee|responsible|assigned|owners",
        "de": "ressourcennamen|ressourcen|verantwortlich|verantwortlicher|zuständig|bearbeiter|ressource",
        "pl": "nazwy zasobów|zasoby|odpowiedzialny|właściciel|wykonawca|osoba odpowiedzialna|przypisane do",
    },
    "stage": {
        "en": "stage|rollout stage|wave|release",
        "de": "stufe|einführungsstufe|welle",
        "pl": "etap|fala",
    },
    "kind": {
        "en": "kind|task kind|kind of task",
        "de": "aufgabenart|art der aufgabe|art",
        "pl": "rodzaj|rodzaj zadania",
    },
    "percent": {
        "en": "% complete|percent complete|complete|progress|% done|done %|percent_complete|completion|%",
        "de": "% abgeschlossen|prozent abgeschlossen|fortschritt|erledigt %",
        "pl": "% wykonania|% ukończenia|procent wykonania|postęp|% zakończenia|% ukończone",
    },
    "status": {
        "en": "status|state",
        "de": "zustand",
        "pl": "stan",
    },
    "active": {
        "en": "active",
        "de": "aktiv",
        "pl": "aktywne|aktywny",
    },
    "milestone": {
        "en": "milestone",
        "de": "meilenstein",
        "pl": "kamień milowy|punkt kontrolny",
    },
}
"""Field to the headings that stand for it, by language."""


def _form(text: str) -> str:
    return re.sub(r"[\s_.\-]+", " ", folded(text)).strip()


def _readings() -> dict[str, tuple[str, frozenset[Language]]]:
    fields: dict[str, str] = {}
    languages: dict[str, set[Language]] = {}
    for field, by_language in HEADINGS.items():
        for language, headings in by_language.items():
            for heading in headings.split("|"):
                form = _form(heading)
                # Where two fields share a heading in different languages the one named first has it.
                if fields.setdefault(form, field) == field:
                    languages.setdefault(form, set()).add(language)
    return {form: (field, frozenset(languages[form])) for form, field in fields.items()}


_READINGS: Final = _readings()
_WITH_UNIT: Final = re.compile(r"(?P<heading>.*?)\s*[(\[]\s*(?:in\s+)?(?P<unit>[^\W\d_]+)\.?\s*[)\]]\s*")


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a list say.

    Attributes:
        fields: field to the index of its column.
        headings: field to the heading as written.
        unused: headings of columns nobody reads.
        language: language of the headings; None when they are English or do not give it away.
        duration_unit: unit of durations without one, from a heading like `Duration (h)`.
        repeated: headings of columns that say the same as an earlier one.
    """

    fields: Mapping[str, int]
    headings: Mapping[str, str]
    unused: tuple[str, ...] = ()
    language: Language | None = None
    duration_unit: str = "d"
    repeated: tuple[str, ...] = ()

    @property
    def is_header(self) -> bool:
        """Whether the row can be the heading of a list of tasks: it has a name and something else to go with it."""
        return "name" in self.fields and len(self.fields) >= 2


def columns_of(row: Sequence[object]) -> Columns:
    """What the columns are taken for when a row is the heading."""
    fields: dict[str, int] = {}
    headings: dict[str, str] = {}
    unused: list[str] = []
    repeated: list[str] = []
    votes: Counter[Language] = Counter()
    unit = "d"
    for index, cell in enumerate(row):
        if not isinstance(cell, str) or not cell.strip():
            continue
        heading = cell.strip()
        found = _READINGS.get(_form(heading))
        written = _WITH_UNIT.fullmatch(heading)
        if found is None and written is not None and is_unit(written["unit"]):
            found = _READINGS.get(_form(written["heading"]))
            if found is not None and found[0] == "duration":
                unit = written["unit"]
        if found is None:
            unused.append(heading)
        elif found[0] in fields:
            repeated.append(heading)
        else:
            fields[found[0]] = index
            headings[found[0]] = heading
            if len(found[1]) == 1:
                votes.update(found[1])
    ranked = votes.most_common(2)
    language: Language | None = None
    if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]):
        language = ranked[0][0]
    return Columns(fields, headings, tuple(unused), language, unit, tuple(repeated))

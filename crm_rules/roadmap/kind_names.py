"""Which kind of task a name stands for, by a table of phrases.

A plan from a scheduling program knows names only. A kind is given to a name when one phrase, or several of the
same kind, are left after the longest have won and nothing else in the name makes it another task (a qualifier).
Everything else stays without a kind: a wrong kind leads to wrong findings, a missing one to a question.

The table is data; nothing here knows a language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from crm_rules.model.task_kinds import TaskKind
from crm_rules.roadmap.plan import Plan, PlanTask

_LONGEST_ENDING: Final = 4
_AND: Final = "&"
_WORD: Final = re.compile(r"[^\W_]+|[&+]")
_PHRASE_WORD: Final = re.compile(r"(\*?)([^\W_]+|[&+])(\*?)")
# Letters that Unicode does not take apart.
_LETTERS: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "+": _AND})
_UMLAUTS: Final = re.compile("(?<=[aou])e")


def folded(text: str) -> str:
    """Text without case, accents and the difference between `ä` and `ae`.

    Every `e` behind an `a`, `o` or `u` goes, whatever the language: both sides of a comparison are treated alike.
    """
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return _UMLAUTS.sub("", "".join(c for c in apart if not unicodedata.combining(c)))


class PhraseError(ValueError):
    """Phrases of a table cannot be used.

    Attributes:
        problems: each such phrase as it stands in the table, and what is wrong with it.
    """

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(message for _, message in self.problems))


@dataclass(frozen=True, slots=True)
class KindNames:
    """The phrases by which names are recognised.

    A phrase is words in a row. `*` behind a word stands for an ending of up to four letters, before a word for the
    first part of a compound.

    Attributes:
        kinds: kind to its phrases.
        other: phrases that contain one of a kind and mean something else.
        qualifiers: phrases that make a name one of another task, such as `prepare`.
        ignored: words that do not count.
        joining: words for `and`; a phrase does not reach across one it does not contain.

    Raises:
        PhraseError: phrases have no words, or stand for two things.
    """

    kinds: Mapping[TaskKind, tuple[str, ...]] = field(default_factory=dict)
    other: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    joining: tuple[str, ...] = ()
    _recogniser: _Recogniser = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_recogniser", _Recogniser(self))

    def recognise(self, name: str) -> Recognition:
        """The kind a name of a task stands for."""
        return self._recogniser.recognise(name)

    def extended(self, more: KindNames) -> KindNames:
        """This table with another one on top: where both have a phrase, the other one says what it stands for."""
        ignored = (*self.ignored, *(w for w in more.ignored if w not in self.ignored))
        joining = (*self.joining, *(w for w in more.joining if w not in self.joining))
        forms = _Forms(ignored, joining)
        taken = {forms.of(p) for p in (*more.other, *more.qualifiers, *(p for ps in more.kinds.values() for p in ps))}

        def kept(phrases: Iterable[str]) -> tuple[str, ...]:
            return tuple(p for p in phrases if forms.of(p) not in taken)

        return KindNames(
            {
                kind: (*kept(self.kinds.get(kind, ())), *more.kinds.get(kind, ()))
                for kind in TaskKind
                if kind in self.kinds or kind in more.kinds
            },
            (*kept(self.other), *more.other),
            (*kept(self.qualifiers), *more.qualifiers),
            ignored,
            joining,
        )


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a name was taken for.

    Attributes:
        kind: the kind; None when there is none or more than one.
        phrases: the phrases of the table that decided, as they stand there, in the order of the name; none
            where no phrase was found.
        candidates: the kinds that were left when it could not be decided, in the order of the name.
        qualifier: the phrase that made it another task; "" when there was none.
    """

    kind: TaskKind | None = None
    phrases: tuple[str, ...] = ()
    candidates: tuple[TaskKind, ...] = ()
    qualifier: str = ""

    @property
    def ambiguous(self) -> bool:
        """Whether something was recognised and yet nothing decided."""
        return self.kind is None and bool(self.candidates)

    def __str__(self) -> str:
        quoted = " and ".join(f"'{p}'" for p in self.phrases)
        if self.kind is not None:
            return f"{self.kind.value}, because of {quoted}"
        if not self.phrases:
            return "no kind: no phrase of the table"
        if self.qualifier:
            return f"no kind: {quoted}, but also '{self.qualifier}'"
        if not self.candidates:
            return f"no kind: {quoted} is none"
        return f"no kind: {quoted} could be {' or '.join(k.value for k in self.candidates)}"


def with_guessed_kinds(plan: Plan, names: KindNames) -> tuple[Plan, Mapping[str, Recognition]]:
    """A plan in which tasks without a kind have the one their name stands for.

    Summary tasks are left alone: their names are headings, and what they stand for is said by their parts.

    Returns:
        The plan, and what was made of each task that was looked at, by task id.
    """
    summaries = {t.parent for t in plan.tasks}
    found = {t.id: names.recognise(t.name) for t in plan.tasks if t.kind is None and t.id not in summaries}
    return replace(plan, tasks=tuple(_with_kind(t, found.get(t.id)) for t in plan.tasks)), found


def _with_kind(task: PlanTask, found: Recognition | None) -> PlanTask:
    if found is None or found.kind is None:
        return task
    return replace(task, kind=found.kind.value, kind_guessed=True)


# --- How it is done -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a phrase, folded; see `KindNames` for the stars."""

    stem: str
    compound: bool = False
    endings: bool = False

    def matches(self, word: str) -> bool:
        if not self.compound:
            if not self.endings:
                return word == self.stem
            return word.startswith(self.stem) and len(word) - len(self.stem) <= _LONGEST_ENDING
        at = word.rfind(self.stem)
        after = len(word) - at - len(self.stem)
        return at >= 0 and after <= (_LONGEST_ENDING if self.endings else 0)


class _Forms:
    """Takes texts apart into folded words, without those that do not count."""

    def __init__(self, ignored: Iterable[str], joining: Iterable[str]) -> None:
        self._ignored = frozenset(map(folded, ignored))
        self._joining = frozenset(map(folded, joining))

    def of(self, phrase: str) -> tuple[_Word, ...]:
        """The words of a phrase of the table."""
        words = (_Word(self._one(m[2]), bool(m[1]), bool(m[3])) for m in _PHRASE_WORD.finditer(folded(phrase)))
        return tuple(w for w in words if w.compound or w.endings or w.stem not in self._ignored)

    def words(self, name: str) -> tuple[str, ...]:
        """The words of a name; numbers do not count."""
        words = (self._one(m[0]) for m in _WORD.finditer(folded(name)))
        return tuple(w for w in words if w not in self._ignored and not w.isdigit())

    def _one(self, word: str) -> str:
        return _AND if word in self._joining else word


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase of the table; `kind` is None for others and for qualifiers."""

    text: str
    words: tuple[_Word, ...]
    kind: TaskKind | None
    qualifier: bool = False

    @property
    def weight(self) -> tuple[int, int]:
        return len(self.words), sum(len(w.stem) for w in self.words)


class _Recogniser:
    """A table made ready for many names."""

    def __init__(self, table: KindNames) -> None:
        self._table = table
        self._forms = _Forms(table.ignored, table.joining)
        phrases = list(self._phrases())
        self._check(phrases)
        self._by_word: dict[str, list[_Phrase]] = {}
        self._by_stem: dict[str, list[_Phrase]] = {}  # first letters of a first word with endings
        self._by_any: list[_Phrase] = []
        for phrase in phrases:
            first = phrase.words[0]
            if first.compound:
                self._by_any.append(phrase)
            elif first.endings:
                self._by_stem.setdefault(first.stem[: self._letters], []).append(phrase)
            else:
                self._by_word.setdefault(first.stem, []).append(phrase)

    _letters: Final = 3

    def _phrases(self) -> Iterator[_Phrase]:
        of = self._forms.of
        for kind, texts in self._table.kinds.items():
            yield from (_Phrase(t, of(t), kind) for t in texts)
        yield from (_Phrase(t, of(t), None) for t in self._table.other)
        yield from (_Phrase(t, of(t), None, qualifier=True) for t in self._table.qualifiers)

    @staticmethod
    def _check(phrases: Iterable[_Phrase]) -> None:
        problems: list[tuple[str, str]] = []
        seen: dict[tuple[_Word, ...], _Phrase] = {}
        for phrase in phrases:
            if not phrase.words:
                problems.append((phrase.text, f"the phrase {phrase.text!r} has no words that count"))
                continue
            first = seen.setdefault(phrase.words, phrase)
            if (first.kind, first.qualifier) != (phrase.kind, phrase.qualifier):
                message = f"the phrase {phrase.text!r} stands for {_meaning(first)} and {_meaning(phrase)}"
                problems.append((phrase.text, message))
        if problems:
            raise PhraseError(problems)

    def recognise(self, name: str) -> Recognition:
        words = self._forms.words(name)
        found = sorted(self._matches(words), key=lambda m: (-m[1].weight[0], -m[1].weight[1], m[0], m[1].text))
        taken: set[int] = set()
        kept: list[tuple[int, _Phrase]] = []
        for start, phrase in found:
            span = range(start, start + len(phrase.words))
            if taken.isdisjoint(span):
                taken.update(span)
                kept.append((start, phrase))
        kept.sort(key=lambda m: m[0])
        decided = [p for _, p in kept if not p.qualifier]
        if not decided:
            return Recognition()
        texts = tuple(p.text for p in decided)
        if any(p.kind is None for p in decided):
            return Recognition(None, tuple(p.text for p in decided if p.kind is None))
        kinds = tuple(dict.fromkeys(p.kind for p in decided if p.kind is not None))
        qualifier = next((p.text for _, p in kept if p.qualifier), "")
        if qualifier or len(kinds) > 1:
            return Recognition(None, texts, kinds, qualifier)
        return Recognition(kinds[0], texts)

    def _matches(self, words: tuple[str, ...]) -> Iterator[tuple[int, _Phrase]]:
        for start, word in enumerate(words):
            for phrases in (
                self._by_word.get(word, ()),
                # A stem of less than three letters is its own key.
                *(self._by_stem.get(word[:n], ()) for n in range(1, self._letters + 1) if n <= len(word)),
                self._by_any,
            ):
                for phrase in phrases:
                    end = start + len(phrase.words)
                    if end <= len(words) and all(w.matches(words[start + i]) for i, w in enumerate(phrase.words)):
                        yield start, phrase


def _meaning(phrase: _Phrase) -> str:
    if phrase.kind is not None:
        return phrase.kind.value
    return "a qualifier" if phrase.qualifier else "something else"

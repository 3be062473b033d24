"""How a field is declared, and what every record of the project model has in common.

A declaration is an annotation built from the value types below plus a call of `fact`. The types
carry unit, range and target of references; `fact` carries meaning, question and meaning of blank.
Nothing subject-specific lives here.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, Strict
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from crm_rules.model.wording import found

T = TypeVar("T")

REFUSED = "refused"
"""Type of the validation errors whose message is already in this library's own words."""


def refuse(message: str, hint: str | None = None) -> PydanticCustomError:
    """A validation error in this library's own words, to be raised by a validator."""
    return PydanticCustomError(REFUSED, "{message}", {"message": message, "hint": hint})


# --- single values -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quantity:
    """Makes an `int` or `float` annotation a measured number: unit and inclusive range.

    Booleans, text, infinities and fractions of a whole number are refused; a float takes whole numbers.
    """

    unit: str | None = None
    minimum: int | None = None
    maximum: int | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if source is int:
            return core_schema.int_schema(strict=True, ge=self.minimum, le=self.maximum)
        return core_schema.float_schema(strict=True, ge=self.minimum, le=self.maximum, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Ref:
    """Makes a text annotation a reference: it must name the id of an entry of one of `targets`.

    Attributes:
        targets: lists the entry may be in.
        itself: what is wrong when an entry names itself; None where that is allowed.
        reads: finds the id in a text that says more than the id (raises ValueError where there is none);
            None where the text is the id.
    """

    targets: tuple[str, ...]
    itself: str | None = None
    reads: Callable[[str], str] | None = None


ID_FORM = re.compile(r"[^\W_][\w.\-]{0,63}")
"""1 to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit."""

_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that make a terminal or browser show the text around them in another order than it has."""


def _read_text(value: str) -> str:
    if not value.strip():
        raise refuse("expected text, found blank text", "leave the field out when it is not known")
    for character in value:
        if character in _REORDERING or (unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t"):
            raise refuse(f"text must not contain the character U+{ord(character):04X}")
    # A folded YAML text ends with a line end nobody meant.
    return value.strip()


def _read_id(value: str) -> str:
    if not ID_FORM.fullmatch(value):
        raise refuse(
            f"{found(value)} cannot be an id",
            "use 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit",
        )
    return value


def _read_date(value: object) -> object:
    # A datetime is a date to Python, and a number is seconds since 1970 to pydantic; neither is meant here.
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise refuse(f"expected a date, found {found(value)}", _date_advice(value))
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise refuse(f"{value} is not a day of the calendar") from None


def _date_advice(value: object) -> str:
    parts = re.match(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?![0-9])", value) if isinstance(value, str) else None
    if parts is None:
        return "write it as YYYY-MM-DD, for example 2026-03-02"
    return f"write the day alone, as {parts[1]}-{int(parts[2]):02}-{int(parts[3]):02}"


Flag: TypeAlias = Annotated[bool, Strict()]
Text: TypeAlias = Annotated[str, Strict(), AfterValidator(_read_text)]
Id: TypeAlias = Annotated[str, Strict(), AfterValidator(_read_id)]
Date: TypeAlias = Annotated[dt.date, BeforeValidator(_read_date)]

Share: TypeAlias = Annotated[float, Quantity("share", 0, 1)]
Days: TypeAlias = Annotated[float, Quantity("days", 0)]
WholeDays: TypeAlias = Annotated[int, Quantity("days", 0)]
Months: TypeAlias = Annotated[float, Quantity("months", 0)]
Years: TypeAlias = Annotated[float, Quantity("years", 0)]
Count: TypeAlias = Annotated[int, Quantity(None, 0)]

DepartmentId: TypeAlias = Annotated[Id, Ref(("departments",))]
GoalId: TypeAlias = Annotated[Id, Ref(("goals",))]
TeamId: TypeAlias = Annotated[Id, Ref(("team",))]


# --- several values ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Many:
    """Marks a tuple as holding members; `ordered` when the author's order means something."""

    ordered: bool


def _read_members(value: object) -> object:
    if value is None:  # reached only where a blank is known to mean nothing
        return ()
    if isinstance(value, list | tuple):
        return tuple(value)
    if isinstance(value, Set):
        return tuple(sorted(value, key=str))
    hint = f"write [{value}]" if isinstance(value, str) and ID_FORM.fullmatch(value) else "write [one, two] or []"
    raise refuse(f"expected a list, found {found(value)}", hint)


def _as_set(members: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sorted(set(members)))


def _as_ranking(members: tuple[Any, ...]) -> tuple[Any, ...]:
    for position, member in enumerate(members):
        if member in members[:position]:
            raise refuse(f"{found(member)} is named twice", "name each member once, in the order meant")
    return members


SetOf: TypeAlias = Annotated[tuple[T, ...], BeforeValidator(_read_members), AfterValidator(_as_set), Many(False)]
"""Members without order: sorted, each once. `None` means known to be empty unless the field is optional."""

Ranking: TypeAlias = Annotated[tuple[T, ...], BeforeValidator(_read_members), AfterValidator(_as_ranking), Many(True)]
"""Members in the author's order; naming one twice is an error."""

Ordered: TypeAlias = Annotated[tuple[T, ...], BeforeValidator(_read_members), Many(True)]
"""Members in the author's order."""


def _read_entries(value: object) -> object:
    if value is None:  # reached only where a blank is known to mean none
        return ()
    if isinstance(value, list | tuple):
        return tuple(value)
    raise refuse(
        f"expected a list of entries, found {found(value)}", "start each entry with '- ', or write [] for none"
    )


ListOf: TypeAlias = Annotated[tuple[T, ...], BeforeValidator(_read_entries)]
"""The entries of a list of the project file."""


# --- declarations ------------------------------------------------------------------------------------------


def fact(meaning: str, ask: str = "", *, blank: str | None = None, default: Any = None, nothing: bool = False) -> Any:
    """Declare a field that can be left out; `pydantic.Field` itself declares one that cannot.

    Args:
        meaning: what the field says, in a phrase.
        ask: the question that asks for it, with `{name}` for the name of the entry; empty when never asked.
        blank: what leaving the field out means; None when it means "unknown".
        default: the value a blank stands for, where `blank` names a fixed one.
        nothing: a blank means that there is no such thing, unless `Record.implied` says otherwise.
    """
    return Field(default, description=meaning, json_schema_extra={"ask": ask, "blank": blank, "nothing": nothing})


class Record(BaseModel):
    """A frozen record that refuses fields it does not have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def implied(self) -> Mapping[str, Any]:
        """What blank fields mean where that depends on other fields of the record: field to plain value.

        None is unknown, `NO_VALUE` is known to be nothing.
        """
        return {}


class Section(Record):
    """A section of the project file: at most one per project, every field optional."""


class Entry(Record):
    """An entry of a list of the project file.

    Attributes:
        singular: what one entry is called.
        completeness: asks whether the list is complete.
    """

    singular: ClassVar[str]
    completeness: ClassVar[str]

    id: Id = Field(description="key, unique within its list")
    name: Text | None = fact(
        "name shown to readers", ask="What is {name} called in full?", blank="the id is shown instead"
    )


class Appointment(Entry):
    """An entry that says more about somebody listed elsewhere; its id is theirs."""

    name: Text | None = fact(
        "name shown to readers",
        ask="What is {name} called in full?",
        blank="the name in the list the id is taken from is shown instead",
    )

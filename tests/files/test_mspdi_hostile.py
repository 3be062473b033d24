"""Microsoft Project XML that is damaged, wrong or made to do harm: refused with place and hint, all at once."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from crm_rules.errors import ProjectError
from crm_rules.files.mspdi import load_mspdi, parse_mspdi
from crm_rules.files.xml_records import XmlLimits
from tests.files.mspdi_samples import element, elements, link, mspdi, read, task


def refused(text: str | bytes, limits: XmlLimits | None = None) -> list[str]:
    """The messages a file is refused with, with their places."""
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(ProjectError) as caught:
        parse_mspdi(data, "plan.xml", limits or XmlLimits())
    return [f"{d.span}: {d.message}" for d in caught.value.diagnostics]


class TestNotAProject:
    def test_nothing(self) -> None:
        assert refused("") == ["plan.xml:1:1: the file ends before its XML is complete: no element found"]

    def test_a_truncated_file(self) -> None:
        whole = mspdi(task(1), task(2))
        (message,) = refused(whole[: whole.index("Task 2")])
        assert message.startswith("plan.xml:4:")
        assert "the file ends before its XML is complete" in message

    def test_something_else(self) -> None:
        assert "this is not XML" in refused("id;name\n1;x")[0]
        assert "this is not XML" in refused(mspdi(task(1)).replace("</Name>", "</Nam>"))[0]

    def test_binary_rubbish(self) -> None:
        assert "this is not XML" in refused(bytes(range(256)) * 10)[0]

    def test_another_root(self) -> None:
        (message,) = refused('<html xmlns="http://www.w3.org/1999/xhtml"/>')
        assert message == (
            "plan.xml:1:1: the root element is <html> of the namespace 'http://www.w3.org/1999/xhtml',"
            " where <Project> of 'http://schemas.microsoft.com/project' is expected"
        )

    @pytest.mark.parametrize("namespace", ["", ' xmlns="urn:other"', ' xmlns="http://schemas.microsoft.com/project/"'])
    def test_another_namespace(self, namespace: str) -> None:
        text = mspdi(task(1)).replace(' xmlns="http://schemas.microsoft.com/project"', namespace)
        assert "the root element is <Project>" in refused(text)[0]

    def test_the_hint_says_how_to_export(self) -> None:
        with pytest.raises(ProjectError) as caught:
            parse_mspdi(b"<x/>")
        assert "XML format" in str(caught.value.diagnostics[0].hint)

    def test_an_encoding_nobody_knows(self) -> None:
        assert "encoding" in refused(mspdi().replace("UTF-8", "no-such"))[0]

    def test_bytes_that_are_not_in_the_encoding(self) -> None:
        assert "this is not XML" in refused(mspdi(task(1, Name="Prüfung")).encode("latin-1"))[0]

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ProjectError, match="there is no such file"):
            load_mspdi(tmp_path / "plan.xml")


class TestBombs:
    DOCTYPES = (
        '<!DOCTYPE Project [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Project SYSTEM "http://localhost/x.dtd">',
        "<!DOCTYPE Project>",
    )

    @pytest.mark.parametrize("doctype", DOCTYPES)
    def test_document_types_and_with_them_entities(self, doctype: str) -> None:
        text = mspdi(task(1, Name="&b;")).replace("<Project", doctype + "\n<Project", 1)
        assert refused(text) == ["plan.xml:2: the file declares a document type, which is not read"]

    def test_an_entity_nobody_declared(self) -> None:
        assert "this is not XML: undefined entity" in refused(mspdi(task(1, Name="&b;")))[0]

    def test_depth(self) -> None:
        deep = "<x>" * 200 + "</x>" * 200
        assert "deeper than 100 (limit max_depth)" in refused(mspdi(task(1, deep)))[0]

    def test_depth_that_would_overrun_a_stack(self) -> None:
        assert "limit max_depth" in refused(mspdi(rest="<x>" * 1_000_000))[0]

    def test_number_of_entries(self) -> None:
        limits = XmlLimits(max_records=50)
        assert "more than 50 entries (limit max_records)" in refused(mspdi(*map(task, range(60))), limits)[0]

    def test_length_of_a_value(self) -> None:
        assert (
            "<Name> has more than 100,000 characters (limit max_value)" in refused(mspdi(task(1, Name="x" * 10**6)))[0]
        )

    def test_size(self, tmp_path: Path) -> None:
        path = tmp_path / "plan.xml"
        path.write_text(mspdi(task(1)))
        with pytest.raises(ProjectError, match="limit max_bytes"):
            load_mspdi(path, XmlLimits(max_bytes=100))

    def test_what_is_not_wanted_is_not_kept(self) -> None:
        """The bulk of real files is time-phased data."""
        phased = element("TimephasedData", elements(Type=1, UID=1, Value="PT8H0M0S") * 20)
        data = mspdi(*(task(n, phased * 10) for n in range(1, 100))).encode()
        tracemalloc.start()
        try:
            parse_mspdi(data)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert len(data) > 1_000_000
        assert peak < len(data)


class TestMistakes:
    def test_all_of_them_at_once_in_the_order_of_the_file(self) -> None:
        text = mspdi(
            task(1, Duration="8 hours"),
            task(1),
            task("", Name="no number"),
            task("x"),
            task(5, link("?"), Duration="PT-8H"),
            task(6, ConstraintType=9),
            task(7, link(1, 4)),
            task(8, Duration="-PT8H0M0S"),
            StartDate="soon",
        )
        assert refused(text) == [
            "plan.xml: StartDate of the project is 'soon', which is no date and time",
            "plan.xml:3: Duration of task 'Task 1' (UID 1) is '8 hours', which is no duration like PT8H0M0S",
            "plan.xml:4: two tasks have the UID 1; the first is in line 3",
            "plan.xml:5: a task has no UID",
            "plan.xml:6: UID of a task is 'x', which is no whole number",
            "plan.xml:7: Duration of task 'Task 5' (UID 5) is 'PT-8H', which is no duration like PT8H0M0S",
            "plan.xml:8: PredecessorUID of a link of task 'Task 5' (UID 5) is '?', which is no whole number",
            "plan.xml:9: ConstraintType of task 'Task 6' (UID 6) is 9, where 0 to 7 are known",
            "plan.xml:11: Type of a link of task 'Task 7' (UID 7) is 4, where 0 to 3 are known",
            "plan.xml:12: Duration of task 'Task 8' (UID 8) is negative: -PT8H0M0S",
        ]

    def test_a_day_without_minutes(self) -> None:
        assert refused(mspdi(MinutesPerDay=0)) == [
            "plan.xml: MinutesPerDay of the project is 0, where a day has at least one"
        ]

    def test_thousands_of_them_are_counted(self) -> None:
        messages = refused(mspdi(*(task(n, Duration="x") for n in range(1, 1001))))
        assert len(messages) == 201
        assert "plan.xml: 800 more errors of this file are not shown" in messages

    def test_a_huge_duration_is_a_number(self) -> None:
        assert read(mspdi(task(1, Duration="PT1000000000H0M0S"))).plan.tasks[0].duration_minutes == 6 * 10**10

    def test_a_duration_of_a_million_digits_is_none(self) -> None:
        (message,) = refused(mspdi(task(1, Duration=f"PT{'9' * 90_000}H")))
        assert "is no duration" in message
        assert len(message) < 250

    @pytest.mark.parametrize("text", ["PT", "P", "P1Y", "P2M", "8", "PT8", "PTH", "PT1e9H", "٨", "PT٨H"])
    def test_what_is_no_duration(self, text: str) -> None:
        assert "is no duration" in refused(mspdi(task(1, Duration=text)))[0]

    def test_other_forms_of_durations(self) -> None:
        forms = {"PT8H": 480, "PT90M": 90, "P1DT1H": 1500, "PT29S": 0, "PT30S": 1, "PT0.5S": 0, "PT1H0M30.5S": 61}
        for text, minutes in forms.items():
            assert read(mspdi(task(1, Duration=text))).plan.tasks[0].duration_minutes == minutes, text

    @pytest.mark.parametrize("text", ["2026-13-01T00:00:00", "01.03.2026", "NA", "0"])
    def test_what_is_no_date(self, text: str) -> None:
        assert "which is no date and time" in refused(mspdi(task(1, Deadline=text)))[0]

    def test_results_of_the_program_that_cannot_be_read_do_no_harm(self) -> None:
        stored = read(mspdi(task(1, EarlyStart="?", TotalSlack="?"))).stored["1"]
        assert (stored.early_start, stored.total_float_minutes) == (None, None)

    def test_empty_elements_are_not_stated(self) -> None:
        found = read(mspdi(task(1, Deadline="", Duration="", Name=""))).plan.tasks[0]
        assert (found.deadline, found.duration_minutes, found.name) == (None, None, "1")

    def test_elements_of_other_namespaces_are_passed_over_with_all_they_hold(self) -> None:
        other = '<x:Duration xmlns:x="urn:x"><Duration>PT1H</Duration></x:Duration><x xmlns=""><UID>7</UID></x>'
        found = read(mspdi(task(1, other))).plan.tasks
        assert [(t.id, t.duration_minutes) for t in found] == [("1", 480)]

    def test_elements_within_a_value_are_passed_over(self) -> None:
        assert read(mspdi(task(1, Name="A<b>x<UID>7</UID></b>B"))).plan.tasks[0].name == "AB"

    def test_of_two_values_the_first_counts(self) -> None:
        assert read(mspdi(task(1, "<Name>later</Name>"))).plan.tasks[0].name == "Task 1"

    def test_names_in_messages_are_made_printable_and_short(self) -> None:
        (message,) = refused(mspdi(task(1, Name="a\n\u2028" + "b" * 500, Duration="x")))
        assert "\n" not in message
        assert len(message) < 200

    def test_calendars(self) -> None:
        wrong = (
            "<Calendar><Name>no number</Name></Calendar>"
            "<Calendar><UID>1</UID></Calendar><Calendar><UID>1</UID></Calendar>"
            "<Calendar><UID>2</UID><WeekDays><WeekDay><DayType>8</DayType></WeekDay><WeekDay><DayType>2</DayType>"
            "<DayWorking>1</DayWorking><WorkingTimes><WorkingTime><FromTime>12:00:00</FromTime>"
            "<ToTime>08:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay></WeekDays><Exceptions><Exception>"
            "<TimePeriod><FromDate>2026-02-01T00:00:00</FromDate><ToDate>2026-01-01T00:00:00</ToDate></TimePeriod>"
            "</Exception></Exceptions></Calendar>"
        )
        assert [m.split(": ")[1] for m in refused(mspdi(calendars=wrong))] == [
            "a calendar has no UID",
            "a day of a calendar has no DayType from 0 to 7",
            "a period of a calendar has no FromDate before its ToDate",
            "a working time has no FromTime before its ToTime",
            "two calendars have the UID 1",
        ]

    def test_work_weeks(self) -> None:
        def week(first: str, last: str) -> str:
            period = element("TimePeriod", elements(FromDate=f"{first}T00:00:00", ToDate=f"{last}T00:00:00"))
            return f"<WorkWeek>{period}</WorkWeek>"

        weeks = week("0001-01-01", "9999-01-01") + week("2026-02-01", "2026-01-01") + "<WorkWeek/>"
        calendars = f"<Calendar><UID>1</UID><WorkWeeks>{weeks}</WorkWeeks></Calendar>"
        assert [m.split(": ")[1] for m in refused(mspdi(calendars=calendars))] == [
            "a period of a calendar has no FromDate before its ToDate",
            "a period of a calendar has no FromDate before its ToDate",
            "a work week of a calendar holds for more than 50,000 days",
        ]

    def test_header_and_resources(self) -> None:
        resources = "<Resources><Resource><Name>Ann</Name></Resource></Resources>"
        assert refused(mspdi(rest=resources, CriticalSlackLimit="few")) == [
            "plan.xml: CriticalSlackLimit of the project is 'few', which is no whole number",
            "plan.xml:2: a resource has no UID",
        ]

    def test_a_link_without_a_predecessor(self) -> None:
        assert refused(mspdi(task(1, "<PredecessorLink/>"))) == [
            "plan.xml:3: a link of task 'Task 1' (UID 1) has no PredecessorUID"
        ]

    def test_an_exception_that_recurs_for_ever(self) -> None:
        entry = (
            "<Exception><TimePeriod><FromDate>0001-01-01T00:00:00</FromDate><ToDate>9999-12-31T00:00:00</ToDate>"
            "</TimePeriod><Type>7</Type><Period>2</Period><DayWorking>0</DayWorking></Exception>"
        )
        calendars = f"<Calendar><UID>1</UID><Exceptions>{entry}</Exceptions></Calendar>"
        assert "more than 50,000 days" in refused(mspdi(calendars=calendars))[0]

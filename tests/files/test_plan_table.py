"""Task lists in CSV and workbooks: exports of Microsoft Project in three languages, lists by hand, and mistakes."""

from __future__ import annotations

import datetime as dt
import io
import sys
import zipfile
from collections.abc import Sequence

import pytest

from crm_rules.diagnostics import Span
from crm_rules.errors import ProjectError
from crm_rules.files import workbook_extent
from crm_rules.files.imported import ImportedPlan
from crm_rules.files.plan_sheets import column_name, csv_sheet, workbook_sheet
from crm_rules.files.plan_table import plan_of_sheet
from crm_rules.files.text import SourceText
from crm_rules.roadmap.analysis import analyse
from crm_rules.roadmap.plan import Baseline, LagUnit, LinkType, PlanLink, PlanTask, TaskState
from crm_rules.roadmap.working_time import ALL_HOURS
from tests.files.workbooks import workbook

DAY = 480


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def read(text: str) -> ImportedPlan:
    return plan_of_sheet(csv_sheet(SourceText("plan.csv", text)))


def read_workbook(*rows: Sequence[object]) -> ImportedPlan:
    return plan_of_sheet(workbook_sheet(workbook({"Notes": [["x"]], "Plan": rows}), "plan.xlsx"))


def refused(text: str) -> list[str]:
    with pytest.raises(ProjectError) as caught:
        read(text)
    return [f"{d.span}: {d.message}" for d in caught.value.diagnostics]


ENGLISH = (
    "ID,Active,Task Mode,Name,Duration,Start,Finish,Predecessors,Outline Level,Resource Names,% Complete\n"
    '1,Yes,Auto,Implementation,10 days,"Mon 3/2/26","Fri 3/13/26",,1,,50%\n'
    '2,Yes,Auto,Configuration,5 days,"Mon 3/2/26","Fri 3/6/26",,2,"Ann[50%],Bo",100%\n'
    '3,Yes,Auto,UAT,1 wk?,"Mon 3/9/26","Fri 3/13/26","2FS+2 days,1SS",2,Ann,0%\n'
    "4,No,Auto,Gadgets,40 hrs,NA,NA,3FF-50%,1,,0%\n"
)
GERMAN = (
    "Nr.;Vorgangsname;Dauer;Anfang;Ende;Vorgänger;Ressourcennamen;% Abgeschlossen\n"
    "1;Pflichtenheft;5 Tage;Mo 02.03.26;Fr 06.03.26;;Ann[50%];100%\n"
    "2;Abnahmetest;1,5 Tage?;Mo 09.03.26;Di 10.03.26;1EA+2,5 Tage;Bo;0%\n"
    "3;Schulung;2 fTage;Mo 09.03.26;Mi 11.03.26;1AA+1t;;0%\n"
)
POLISH = (
    "Lp.\tNazwa zadania\tCzas trwania\tRozpoczęcie\tZakończenie\tPoprzedniki\n"
    "1\tAnaliza\t5 dni\t02.03.2026\t06.03.2026\t\n"
    "2\tTesty akceptacyjne\t2 tyg.\t09.03.2026\t20.03.2026\t1ZR+1t\n"
)


class TestExports:
    def test_english(self) -> None:
        plan = read(ENGLISH).plan
        summary, configuration, uat, gadgets = plan.tasks
        assert summary.id == "1"
        assert configuration == PlanTask(
            "2",
            "Configuration",
            5 * DAY,
            TaskState.DONE,
            dt.date(2026, 3, 2),
            dt.date(2026, 3, 6),
            owners=("Ann", "Bo"),
            parent="1",
            source="line 3",
        )
        assert (uat.duration_minutes, uat.parent, uat.state) == (5 * DAY, "1", TaskState.OPEN)
        assert (gadgets.state, gadgets.start, gadgets.parent) == (TaskState.DROPPED, None, None)
        assert plan.links == (
            PlanLink("2", "3", LinkType.FS, 2 * DAY),
            PlanLink("1", "3", LinkType.SS),
            PlanLink("3", "4", LinkType.FF, -5000, LagUnit.PERCENT),
        )
        assert plan.complete

    def test_german(self) -> None:
        plan = read(GERMAN).plan
        assert [t.duration_minutes for t in plan.tasks] == [5 * DAY, 720, 2880]
        assert [t.start for t in plan.tasks] == [dt.date(2026, 3, d) for d in (2, 9, 9)]
        assert plan.tasks[0].state is TaskState.DONE
        assert plan.calendars == {plan.tasks[2].calendar: ALL_HOURS}
        assert plan.links == (PlanLink("1", "2", LinkType.FS, 1200), PlanLink("1", "3", LinkType.SS, DAY))

    def test_polish(self) -> None:
        plan = read(POLISH).plan
        assert [t.duration_minutes for t in plan.tasks] == [5 * DAY, 10 * DAY]
        assert plan.links == (PlanLink("1", "2", LinkType.FS, 5 * DAY),)

    def test_what_was_not_read_is_said(self) -> None:
        assert [(n.message, n.span) for n in read(ENGLISH).notes] == [
            ("columns nobody reads: 'Task Mode'", Span("plan.csv", 1))
        ]

    def test_unique_ids(self) -> None:
        plan = read("ID;Unique ID;Name;Unique ID Predecessors\n1;17;a;\n2;18;b;17FS+1d\n").plan
        assert plan.links == (PlanLink("1", "2", LinkType.FS, DAY),)


class TestLists:
    def test_everything(self) -> None:
        found = read(
            "id,name,duration,after,owner,stage,kind,status,actual start,actual finish,baseline start,baseline finish,"
            "deadline,progress\n"
            "cfg,Configure,10,,Ann,Stage 2,client test,running,2026-03-02,,2026-03-01,2026-03-13 12:00,2026-03-20,25%\n"
        ).plan.tasks[0]
        assert found == PlanTask(
            "cfg",
            "Configure",
            10 * DAY,
            stage=2,
            kind="client_test",
            owners=("Ann",),
            actual_start=at("2026-03-02 08:00"),
            baseline=Baseline(at("2026-03-01 00:00"), at("2026-03-13 12:00")),
            deadline=at("2026-03-20 17:00"),
            remaining_minutes=3600,
            source="line 2",
        )

    def test_rows_above_the_heading_and_blank_ones(self) -> None:
        imported = read("Our plan;;\n;;\nName;Days;Note\nA;2;\n;;\n;;only a note\nB;3;x\n")
        assert [(t.id, t.name, t.duration_minutes, t.source) for t in imported.plan.tasks] == [
            ("1", "A", 960, "line 4"),
            ("2", "B", 1440, "line 7"),
        ]
        assert any("no column of ids" in n.message for n in imported.notes)
        assert any("no column of predecessors" in n.message for n in imported.notes)

    def test_numbered_blank_rows_are_none(self) -> None:
        assert [t.id for t in read("ID,Name,Duration\n1,A,1\n2,,\n3,B,1\n").plan.tasks] == ["1", "3"]

    def test_a_task_without_name_is_called_by_its_id(self) -> None:
        assert read("ID,Name,Duration\n7,,1\n").plan.tasks[0].name == "7"

    def test_parents_by_name(self) -> None:
        plan = read("id,name,part of\na,A,\nb,B,a\n").plan
        assert [t.parent for t in plan.tasks] == [None, "a"]

    def test_parents_by_outline_number(self) -> None:
        plan = read("id,name,wbs\n1,A,1\n2,B,1.1\n3,C,1.1.1\n4,D,2\n5,E,3.1\n").plan
        assert [t.parent for t in plan.tasks] == [None, "1", "2", None, None]

    def test_a_milestone(self) -> None:
        assert read("id,name,milestone\n1,A,yes\n2,B,no\n").plan.tasks[0].duration_minutes == 0

    @pytest.mark.parametrize(
        ("status", "state"),
        [("Erledigt", "done"), ("zakończone", "done"), ("In progress", "open"), ("cancelled", "dropped"), ("", "open")],
    )
    def test_status(self, status: str, state: str) -> None:
        assert read(f"id,name,status\n1,A,{status}\n").plan.tasks[0].state.value == state

    def test_days_nobody_works_begin_and_end_at_midnight(self) -> None:
        found = read("id,name,actual start,deadline\n1,A,2026-03-07,2026-03-08\n").plan.tasks[0]
        assert (found.actual_start, found.deadline) == (at("2026-03-07 00:00"), at("2026-03-08 00:00"))

    def test_a_cell_over_several_lines(self) -> None:
        imported = read('id,name,after\n1,"A\nB",\n2,C,1\n')
        assert [(t.name, t.source) for t in imported.plan.tasks] == [("A B", "line 2"), ("C", "line 4")]

    @pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
    def test_delimiters(self, delimiter: str) -> None:
        text = "id|name|duration|after\n1|A|1.5|\n2|B|2|1\n".replace("|", delimiter)
        assert [t.duration_minutes for t in read(text).plan.tasks] == [720, 960]

    def test_the_same_link_twice_is_one(self) -> None:
        assert len(read("id;name;after\n1;A;\n2;B;1, 1FS\n").plan.links) == 1

    def test_a_task_that_waits_for_itself_is_kept_for_the_analysis(self) -> None:
        assert len(read("id,name,after\n1,A,1\n").plan.links) == 1


class TestMistakes:
    def test_all_of_them_at_once(self) -> None:
        text = (
            "ID;Name;Duration;Start;Finish;Predecessors;Stage;Kind;Status;% complete\n"
            "1;A;five;2026-03-05;2026-03-02;;;;;\n"
            "1;B;1;soon;;;;;;\n"
            "3;C;-2d;;;9;two;trainning;resting;150%\n"
            ";D;1;;;3XX+2q;;;;\n"
            "5;E;1;;;3FS+2q;;;;\n"
        )
        assert refused(text) == [
            "plan.csv:2: column 'Duration': text 'five' is no duration",
            "plan.csv:2: column 'Finish': the task ends on 2026-03-02, before it begins on 2026-03-05",
            "plan.csv:3: column 'ID': two tasks have the id '1'; the first is in row 2",
            "plan.csv:4: column '% complete': text '150%' is more than 100 %",
            "plan.csv:4: column 'Duration': the duration text '-2d' is negative",
            "plan.csv:4: column 'Kind': 'trainning' is no kind of task",
            "plan.csv:4: column 'Predecessors': no task has the id '9'",
            "plan.csv:4: column 'Stage': 'two' is no number of a stage",
            "plan.csv:4: column 'Status': 'resting' is no status of a task",
            "plan.csv:5: column 'ID': the task has no id",
            "plan.csv:6: column 'Predecessors': text 'q' is no unit of time",
        ]

    def test_hints(self) -> None:
        with pytest.raises(ProjectError) as caught:
            read("id,name,kind,after\nalpha,A,trainning,\nbeta,B,,alpa\n")
        assert [d.hint for d in caught.value.diagnostics] == ["did you mean 'training'?", "did you mean 'alpha'?"]

    def test_tasks_that_are_part_of_themselves(self) -> None:
        messages = refused("id,name,parent\na,A,b\nb,B,c\nc,C,b\nd,D,d\ne,E,x\n")
        assert [m.split(": ", 2)[2] for m in messages] == [
            "task 'b' is part of itself",
            "task 'c' is part of itself",
            "task 'd' is part of itself",
            "no task has the id 'x'",
        ]

    def test_no_heading(self) -> None:
        (message,) = refused("1;Configure;5\n2;Test;3\n")
        assert message == (
            "plan.csv:1: no row in the first 25 is the heading of a list of tasks; found: '1', 'Configure', '5'"
        )

    def test_nothing(self) -> None:
        assert "no row in the first 25" in refused("")[0]

    def test_quotation_marks_left_open(self) -> None:
        (message,) = refused('id,name,duration\n1,A,1\n2,"B,1\n3,C,1\n')
        assert message.startswith("plan.csv:3: the row that begins here is not CSV")

    def test_dates_that_can_be_read_in_two_ways(self) -> None:
        assert "can be the 2. of month 3 or the 3. of month 2" in refused("id,name,start\n1,A,2/3/2026\n")[0]


def with_row(data: bytes, row: str, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook with a row added to its sheet, and the sheet moved elsewhere in the archive."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                name, text = part, text.replace("</sheetData>", row + "</sheetData>")
            new.writestr(name, text.replace("worksheets/sheet1.xml", part.removeprefix("xl/")))
    return changed.getvalue()


class TestWorkbooks:
    ROWS = (
        ("Plan of the project",),
        ("ID", "Name", "Duration", "Start", "Predecessors", "% Complete"),
        (1, "Configuration", 5, dt.date(2026, 3, 2), None, 1),
        (2, "UAT", "2w", dt.date(2026, 3, 9), 1, 0.5),
        (3, "Go-live", 0, None, "2FS+1d", 0),
    )

    def test_a_list(self) -> None:
        imported = read_workbook(*self.ROWS)
        assert [(t.id, t.duration_minutes, t.start, t.source) for t in imported.plan.tasks] == [
            ("1", 5 * DAY, dt.date(2026, 3, 2), "Plan!A3"),
            ("2", 10 * DAY, dt.date(2026, 3, 9), "Plan!A4"),
            ("3", 0, None, "Plan!A5"),
        ]
        assert imported.plan.tasks[0].state is TaskState.DONE
        assert [(k, k.source) for k in imported.plan.links] == [
            (PlanLink("1", "2"), "Plan!E4"),
            (PlanLink("2", "3", LinkType.FS, DAY), "Plan!E5"),
        ]
        assert imported.places["2"] == Span("plan.xlsx", 4, cell="Plan!A4")

    def test_a_list_that_does_not_begin_in_the_first_cell(self) -> None:
        with pytest.raises(ProjectError) as caught:
            read_workbook((), (), (None, None, "Name", "Days"), (None, None, "A", "x"))
        assert str(caught.value.diagnostics[0].span) == "plan.xlsx:Plan!D4"

    def test_no_list_in_any_sheet(self) -> None:
        with pytest.raises(ProjectError, match="no row in the first 25 is the heading"):
            workbook_sheet(workbook({"A": [["x"]], "B": []}), "plan.xlsx")

    def test_no_workbook(self) -> None:
        with pytest.raises(ProjectError, match="the workbook cannot be read"):
            workbook_sheet(b"PK\x03\x04 rubbish", "plan.xlsx")

    @pytest.mark.parametrize(
        "row",
        [
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            '<row r="1048576"><c r="A1048576"><v>1</v></c><c r="xfd1048576"/></row>',
            '<row r="9999999">' + "<c><v>1</v></c>" * 100 + "</row>",
        ],
    )
    def test_one_cell_far_out(self, row: str) -> None:
        """Without the check the process dies for lack of memory."""
        far = with_row(workbook({"Plan": [["ID", "Name"]]}), row)
        with pytest.raises(ProjectError, match="where 10,000,000 cells are read"):
            workbook_sheet(far, "plan.xlsx")

    def test_a_sheet_where_nobody_looks_for_it(self) -> None:
        far = with_row(workbook({"Plan": [["ID", "Name"]]}), '<row r="1048576"><c r="XFD1048576"/></row>', "xl/media/x")
        with pytest.raises(ProjectError, match="where 10,000,000 cells are read"):
            workbook_sheet(far, "plan.xlsx")

    def test_a_workbook_that_unpacks_to_much(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workbook_extent, "MOST_UNPACKED", 1000)
        with pytest.raises(ProjectError, match="bytes unpacked, where 1,000 are read"):
            workbook_sheet(workbook({"Plan": self.ROWS}), "plan.xlsx")

    def test_a_workbook_that_lies_about_its_size(self) -> None:
        data = bytearray(workbook({"Plan": [["ID", "Name"], *([n, "x" * 50] for n in range(200))]}))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
        lie = data.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
        with pytest.raises(ProjectError, match="the workbook cannot be read"):
            workbook_sheet(bytes(lie), "plan.xlsx")

    def test_the_package_that_reads_them_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "python_calamine", None)
        with pytest.raises(ProjectError) as caught:
            workbook_sheet(workbook({"Plan": self.ROWS}), "plan.xlsx")
        (problem,) = caught.value.diagnostics
        assert problem.message == "reading a workbook takes the package python-calamine, which is not installed"
        assert "pip install 'crm-rules[excel]'" in str(problem.hint)

    @pytest.mark.parametrize(
        ("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (701, "ZZ"), (702, "AAA")]
    )
    def test_names_of_columns(self, index: int, name: str) -> None:
        assert column_name(index) == name


def test_work_under_way_without_a_start_keeps_what_is_done_of_it() -> None:
    """Ten days, 40 % done: six are left, Mon 2 to Mon 9 March; task 2 takes the five days after, until Mon 16."""
    imported = read("id,name,duration,predecessors,% complete,start\n1,A,10d,,40%,2026-03-02\n2,B,5d,1,,\n")
    first = imported.plan.tasks[0]
    assert (first.actual_start, first.remaining_minutes) == (None, 6 * DAY)
    assert [(str(n.span), n.message) for n in imported.notes] == [
        ("plan.csv:2", "task 'A' is under way, but nobody says since when")
    ]
    roadmap = analyse(imported.plan)
    assert [roadmap.tasks[i].early_finish for i in "12"] == [at("2026-03-09 17:00"), at("2026-03-16 17:00")]

"""The supervisor finds the overdue case from the board in three clicks."""

from cast import SUPERVISOR
from offices import Offices
from scene import overdue_case
from verbs import case_path


def test_the_supervisor_finds_the_overdue_case_in_three_clicks(offices: Offices) -> None:
    case = overdue_case(offices.province, "涉嫌擅自占用河道管理范围案")
    offices.province.settle()
    supervisor = offices.seat(SUPERVISOR)
    supervisor.go("/supervision")
    supervisor.start_counting()
    supervisor.follow('[data-indicator="standing-overdue"] a')
    supervisor.follow(f'main a[href="{case_path(case)}"]')
    assert supervisor.clicks <= 3
    assert supervisor.path == case_path(case)
    assert supervisor.browser.count("[data-overdue]") > 0

"""Maintenance configurations of managed clusters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox.azure.refusal import Refusal
from sandbox.azure.rules.arm_types import MAINTENANCE_CONFIGURATION
from sandbox.azure.rules.reading import at, invalid_parameter, name_of
from sandbox.azure.rules.registry import Request, rule

_SOURCE = "https://learn.microsoft.com/azure/aks/planned-maintenance"
_WINDOW_NAMES = ("aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule")
_WEEKLY_NAME = "default"
_INTERVALS = {"daily": ("intervalDays", 1, 7), "weekly": ("intervalWeeks", 1, 4)} | dict.fromkeys(
    ("absoluteMonthly", "relativeMonthly"), ("intervalMonths", 1, 6)
)


@rule(MAINTENANCE_CONFIGURATION, source=f"{_SOURCE}#schedule-configuration-types-for-planned-maintenance")
def maintenance_configuration_name_is_fixed(request: Request) -> Iterator[Refusal]:
    """A maintenance configuration is called default, or by one of the two upgrade schedules."""
    name = name_of(request.id)
    if name not in (_WEEKLY_NAME, *_WINDOW_NAMES):
        yield invalid_parameter(
            "name",
            f"Maintenance configuration name {name} must be one of "
            f"{', '.join((_WEEKLY_NAME, *_WINDOW_NAMES))}.",
        )


@rule(MAINTENANCE_CONFIGURATION, source=f"{_SOURCE}#schedule-configuration-types-for-planned-maintenance")
def upgrade_schedule_has_a_window(request: Request) -> Iterator[Refusal]:
    """An upgrade schedule has a maintenance window and no weekly time slots."""
    if name_of(request.id) not in _WINDOW_NAMES:
        return
    if not _window(request):
        yield invalid_parameter(
            "maintenanceWindow", f"maintenanceWindow is required for {name_of(request.id)}."
        )
    for property_ in ("timeInWeek", "notAllowedTime"):
        if request.properties.get(property_):
            yield invalid_parameter(property_, f"{property_} cannot be set for {name_of(request.id)}.")


@rule(MAINTENANCE_CONFIGURATION, source=f"{_SOURCE}#create-a-maintenance-window")
def maintenance_window_lasts_four_hours(request: Request) -> Iterator[Refusal]:
    """A maintenance window lasts 4 to 24 hours."""
    hours = _window(request).get("durationHours")
    if hours is not None and not 4 <= hours <= 24:
        yield invalid_parameter(
            "maintenanceWindow.durationHours", f"durationHours {hours:g} must be between 4 and 24."
        )


@rule(MAINTENANCE_CONFIGURATION, source=f"{_SOURCE}#schedule-types")
def maintenance_window_has_one_schedule(request: Request) -> Iterator[Refusal]:
    """A maintenance window has exactly one kind of schedule."""
    kinds = [kind for kind, schedule in (_window(request).get("schedule") or {}).items() if schedule]
    if _window(request) and len(kinds) != 1:
        yield invalid_parameter(
            "maintenanceWindow.schedule",
            f"Exactly one schedule must be set, got {' and '.join(kinds) or 'none'}.",
        )


@rule(MAINTENANCE_CONFIGURATION, source=f"{_SOURCE}#schedule-types")
def maintenance_interval_is_in_range(request: Request) -> Iterator[Refusal]:
    """A window recurs every 1 to 7 days, 1 to 4 weeks or 1 to 6 months."""
    for kind, (property_, least, most) in _INTERVALS.items():
        interval = at(_window(request), f"schedule.{kind}.{property_}")
        if interval is not None and not least <= interval <= most:
            yield invalid_parameter(
                f"maintenanceWindow.schedule.{kind}.{property_}",
                f"{property_} {interval:g} must be between {least} and {most}.",
            )


@rule(MAINTENANCE_CONFIGURATION, source=f"{_SOURCE}#create-a-maintenance-window")
def maintenance_window_start_is_a_time(request: Request) -> Iterator[Refusal]:
    """A window's start is written HH:MM and its offset from UTC +HH:MM or -HH:MM."""
    for property_, pattern in (
        ("startTime", r"([01]\d|2[0-3]):[0-5]\d"),
        ("utcOffset", r"[+-](0\d|1[0-4]):[0-5]\d"),
    ):
        text = _window(request).get(property_)
        if text is not None and not re.fullmatch(pattern, text):
            yield invalid_parameter(
                f"maintenanceWindow.{property_}", f"{property_} {text} is not well-formed."
            )


def _window(request: Request) -> dict[str, Any]:
    return dict(request.properties.get("maintenanceWindow") or {})

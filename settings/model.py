"""The base of every settings model, and the marks that a field's type may carry."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

REFUSED: Final = "refused"
"""Type of the pydantic errors whose context already holds limit, reason and remedy."""

_AZURE_SPELLING: Final = {
    "admin_group_object_ids": "adminGroupObjectIDs",
    "dns_service_ip": "dnsServiceIP",
    "os_disk_size_gb": "osDiskSizeGB",
    "os_sku": "osSKU",
}
"""Keys that Azure does not spell in plain camelCase."""


def key_of(field: str) -> str:
    """The stack file's key for a field: Azure's own spelling."""
    return _AZURE_SPELLING.get(field, to_camel(field))


class SettingsModel(BaseModel):
    """Frozen and strict: unknown keys are refused, and no value is turned into one of another type."""

    never: ClassVar[Mapping[str, str]] = {}
    """Keys that people may look for here, and why there are none."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=key_of,
        populate_by_name=True,
        validate_default=False,
    )


def refused(limit: str, reason: str, remedy: str) -> PydanticCustomError:
    """The error with which a type refuses a value; ``remedy`` is the value to write instead."""
    return PydanticCustomError(REFUSED, "{limit}", {"limit": limit, "reason": reason, "remedy": remedy})


@dataclass(frozen=True)
class See:
    """The document that a setting follows: an address, or a path under https://learn.microsoft.com/azure/."""

    page: str

    @property
    def url(self) -> str:
        """Its whole address."""
        return (
            self.page
            if self.page.startswith("https://")
            else f"https://learn.microsoft.com/azure/{self.page}"
        )


@dataclass(frozen=True)
class Required:
    """Why a setting has no default, and what it may look like."""

    reason: str
    example: str


@dataclass(frozen=True)
class Matching:
    """A string of a certain form."""

    pattern: str
    limit: str
    reason: str
    remedy: str

    def check(self, value: str) -> str:
        """``value`` itself; raises the refusal where it has not the form."""
        if re.fullmatch(self.pattern, value) is None:
            raise refused(self.limit, self.reason, self.remedy)
        return value

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^({self.pattern})$"}


@dataclass(frozen=True)
class DefaultKind:
    """The kind of a value that names none, in a union that is told apart by the key ``kind``."""

    kind: str

    def add_to(self, value: object) -> object:
        """``value`` with the key ``kind``."""
        return {"kind": self.kind, **value} if isinstance(value, dict) else value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.add_to, handler(source))


@dataclass(frozen=True)
class Between:
    """A number within limits, both included."""

    least: int
    most: int
    reason: str

    @property
    def limit(self) -> str:
        """The limits in words."""
        return f"{self.least} to {self.most}"

    def check(self, value: float) -> float:
        """``value`` itself; raises the refusal where it is out of the limits."""
        if not self.least <= value <= self.most:
            raise refused(self.limit, self.reason, str(self.least if value < self.least else self.most))
        return value

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "minimum": self.least, "maximum": self.most}

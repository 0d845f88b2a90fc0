"""The base of every settings model, and the marks that a field's type may carry."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

REFUSED: Final = "refused"
"""Type of the pydantic errors whose context already holds limit, reason and what to write."""

_AZURE_SPELLING: Final = {
    "admin_group_object_ids": "adminGroupObjectIDs",
    "capacity_reservation_group_id": "capacityReservationGroupID",
    "container_log_max_size_mb": "containerLogMaxSizeMB",
    "dns_service_ip": "dnsServiceIP",
    "enable_fips": "enableFIPS",
    "enable_public_fqdn": "enablePublicFQDN",
    "enable_ultra_ssd": "enableUltraSSD",
    "enable_vtpm": "enableVTPM",
    "host_group_id": "hostGroupID",
    "kube_dns_overrides": "kubeDNSOverrides",
    "linux_os_config": "linuxOSConfig",
    "local_dns_profile": "localDNSProfile",
    "os_disk_size_gb": "osDiskSizeGB",
    "os_sku": "osSKU",
    "proximity_placement_group_id": "proximityPlacementGroupID",
    "swap_file_size_mb": "swapFileSizeMB",
    "vnet_dns_overrides": "vnetDNSOverrides",
}
"""Keys that Azure does not spell in plain camelCase."""

JsonSchema = dict[str, Any]


class UnreadError(Exception):
    """A setting was asked for whose value in the stack file could not be read."""


@dataclass(frozen=True)
class Never:
    """Why a key that people may look for does not exist, and what to write instead."""

    reason: str
    instead: str | None = None


class SettingsModel(BaseModel):
    """Frozen and strict: unknown keys are refused, and no value is converted to another type."""

    never: ClassVar[Mapping[str, Never]] = {}
    """Keys that people may look for here, and why there are none."""

    providers_keys: ClassVar[tuple[str, ...]] = ()
    """Whole keys beside those of the model that Pulumi's providers read."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=lambda field: _AZURE_SPELLING.get(field, to_camel(field)),
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    if not TYPE_CHECKING:  # otherwise any misspelt attribute would pass the type checker

        def __getattr__(self, name: str) -> object:
            """Called for what is not there: the loader takes fields away that it could not read."""
            if name in type(self).model_fields:
                raise UnreadError(name)
            return super().__getattr__(name)


@cache
def keys_of(model: type[BaseModel]) -> dict[str, str]:
    """The names of the fields of ``model`` by their keys in the stack file: Azure's own spelling."""
    return {field.alias or name: name for name, field in model.model_fields.items()}


def refused(limit: str, reason: str, write: str) -> PydanticCustomError:
    """The error with which a type refuses a value; ``write`` is the value to write instead."""
    return PydanticCustomError(REFUSED, "{limit}", {"limit": limit, "reason": reason, "write": write})


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
    write: str

    def check(self, value: str) -> str:
        """``value`` itself; raises the refusal where it does not have the form."""
        if re.fullmatch(self.pattern, value, re.ASCII) is None:
            raise refused(self.limit, self.reason, self.write)
        return value

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {**handler(schema), "pattern": f"^({self.pattern})$", "x-limit": self.limit}


@dataclass(frozen=True)
class Between:
    """A number within limits, both included."""

    least: int
    most: int
    reason: str

    def check(self, value: float) -> float:
        """``value`` itself; raises the refusal where it is outside the limits."""
        if not self.least <= value <= self.most:
            nearest = self.least if value < self.least else self.most
            raise refused(f"{self.least} to {self.most}", self.reason, str(nearest))
        return value

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {**handler(schema), "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class DefaultKind:
    """The kind of a value that names none, in a union discriminated by the key ``kind``."""

    kind: str
    never: Mapping[str, Never] = field(default_factory=dict)
    """Kinds that people may look for, and why there are none."""

    def add_to(self, value: object) -> object:
        """``value`` with the key ``kind``; raises the refusal of a kind that there never is."""
        if not isinstance(value, dict):
            return value
        if isinstance(value.get("kind"), str) and (never := self.never.get(value["kind"])):
            raise refused(f"a kind other than {value['kind']}", never.reason, str(never.instead))
        return {"kind": self.kind, **value}

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.add_to, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        union = handler(schema)
        for reference in union["oneOf"]:
            member = handler.resolve_ref_schema(reference)
            if member["properties"]["kind"]["const"] != self.kind:
                member["required"] = sorted({"kind", *member.get("required", [])})
        return union

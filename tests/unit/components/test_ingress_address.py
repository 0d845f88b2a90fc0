from dataclasses import replace

import pytest

from components.ingress.ingress_address import IngressAddress, IngressAddressArgs
from tests.unit.components import stacks


@pytest.mark.parametrize(("zones", "named"), [(("1", "2"), ["1", "2"]), ((), None)])
def test_an_address_spans_the_zones_of_the_stack_and_names_none_where_there_are_none(
    zones: tuple[str, ...], named: list[str] | None
) -> None:
    context = replace(stacks.CONTEXT, availability_zones=zones)
    args = IngressAddressArgs(context=context, dual_stack=False, control_plane_principal_id="principal")
    address = stacks.record_component(IngressAddress, args)["pip-platform-dev-ingress"]
    assert address.inputs.get("zones") == named


def test_the_control_plane_may_use_the_addresss_own_group_and_nothing_beyond_it() -> None:
    args = IngressAddressArgs(
        context=stacks.CONTEXT, dual_stack=False, control_plane_principal_id="principal"
    )
    recording = stacks.record_component(IngressAddress, args)
    (grant,) = recording.of("RoleAssignment")
    assert grant.inputs["scope"] == recording["rg-platform-dev-ingress"].id
    assert recording["pip-platform-dev-ingress"].inputs["resourceGroupName"] != stacks.GROUP

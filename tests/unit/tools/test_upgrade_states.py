import json

from tools.upgrade_states import state_text

RESOURCE = {"urn": "urn:pulumi:dev::p::t::a", "outputs": {"resources": []}}
OF_THE_RUN = {"created": "2026", "modified": "2026", "sourcePosition": "x#1", "stackTrace": [{}]}


def test_a_kept_state_is_the_exported_one_without_what_tells_of_its_run_a_resource_a_line() -> None:
    exported = {
        "version": 3,
        "deployment": {"manifest": {"version": "v3"}, "resources": [RESOURCE | OF_THE_RUN] * 2},
    }
    text = state_text(exported)
    assert json.loads(text) == {
        "version": 3,
        "deployment": {"manifest": {"version": "v3"}, "resources": [RESOURCE, RESOURCE]},
    }
    assert len(text.splitlines()) == 4
    assert exported["deployment"]["resources"][0]["created"] == "2026", "the export stays as it is"

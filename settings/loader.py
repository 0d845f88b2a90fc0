"""From Pulumi's config to settings: section by section, so that one mistake does not hide the others."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, Final, TypeVar

import pulumi
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from azure_facts import naming
from azure_facts.locations import LOCATIONS
from components.cluster.settings import ClusterSettings
from components.identity.settings import AccessSettings
from components.ingress.settings import DEFAULT_KIND as DEFAULT_INGRESS_KIND
from components.ingress.settings import INGRESS_KINDS
from components.monitoring.settings import MonitoringSettings
from components.network.settings import NetworkSettings
from components.nodepool.settings import DEFAULT_KIND, NODE_POOL_KINDS, NodePoolBase, SystemPoolSettings
from components.registry.settings import RegistrySettings
from components.settings import Basics, Settings
from settings import checks, wording
from settings.checks import Pool
from settings.errors import Mark, Path, Problem, SettingsError
from settings.hiding import hiding
from settings.model import SettingsModel, key_of
from settings.stack_file import StackFile

Model = TypeVar("Model", bound=SettingsModel)

LOCATION_KEY: Final = "azure-native:location"

_SECTIONS: Final[Mapping[str, type[SettingsModel]]] = {
    "access": AccessSettings,
    "network": NetworkSettings,
    "registry": RegistrySettings,
    "monitoring": MonitoringSettings,
}
"""Keys whose value one model reads as a whole."""

_TEXT_KEYS: Final = frozenset({"workload"})
"""Keys whose value is a string: all that Pulumi hands over is text, and these are not JSON."""


def load() -> Settings:
    """The settings of the stack that runs.

    Raises SettingsError, with all that is wrong.
    """
    project, stack = pulumi.get_project(), pulumi.get_stack()
    config = {**pulumi.runtime.config.get_config_env(), **pulumi.runtime.config.CONFIG.get()}
    secret = {key for key in config if pulumi.runtime.config.is_config_secret(key)}
    secret |= set(pulumi.runtime.config.get_config_secret_keys_env())
    file = StackFile.of(stack, project, FilePath.cwd())
    return Loader(config, project=project, stack=stack, secret=secret, file=file).settings()


class Loader:
    """Reads one stack's config once."""

    def __init__(
        self,
        config: Mapping[str, str],
        *,
        project: str,
        stack: str,
        secret: set[str],
        file: StackFile | None = None,
    ) -> None:
        """Read ``config``, Pulumi's config as text by whole keys; ``secret`` keys' values are never shown."""
        self._project = project
        self._stack = stack
        self._secret = {key.removeprefix(f"{project}:") for key in secret}
        self._file = file or StackFile(f"Pulumi.{stack}.yaml", None, project)
        self._location = config.get(LOCATION_KEY)
        prefix = f"{project}:"
        self._config = {
            key.removeprefix(prefix): _decoded(key.removeprefix(prefix), text)
            for key, text in config.items()
            if key.startswith(prefix)
        }
        self._problems: list[Problem] = []
        self._pools: list[Pool] = []

    def settings(self) -> Settings:
        """The settings. Raises SettingsError, with all that is wrong."""
        sections = self._sections()
        self._problems.extend(checks.problems(sections, self._pools))
        if self._problems:
            problems = [self._placed(problem) for problem in self._problems]
            raise SettingsError(problems, source=self._file.name, project=self._project)
        cluster = sections["cluster"].model_copy(update={"system_pool": sections["system_pool"]})
        fields = {name: section for name, section in sections.items() if name in Settings.model_fields}
        return Settings(**{**fields, "cluster": cluster})

    def _sections(self) -> dict[str, Any]:
        """What could be read, by the name that rules ask for it."""
        self._refuse_unknown_keys()
        cluster = self._config.get("cluster", {})
        system_pool: object = {}
        if isinstance(cluster, dict):
            system_pool = cluster.get("systemPool", {})
            cluster = {key: value for key, value in cluster.items() if key != "systemPool"}
        sections: dict[str, object] = {
            **self._read_basics(),
            "stack": self._stack,
            "location": self._read_location(),
            "place": LOCATIONS.get(self._location or ""),
            **{key: self._read(model, self._config.get(key, {}), (key,)) for key, model in _SECTIONS.items()},
            "cluster": self._read(ClusterSettings, cluster, ("cluster",)),
            "system_pool": self._read_system_pool(system_pool),
            "node_pools": self._read_node_pools(),
            "ingress": self._read_ingress(),
        }
        return {name: section for name, section in sections.items() if section is not None}

    def _read_location(self) -> str | None:
        if self._location is None:
            self._problems.append(
                Problem(
                    path=(LOCATION_KEY,),
                    value=Mark.MISSING,
                    limit="required",
                    reason="the platform is built in one location and does not choose it",
                    remedy=f"{LOCATION_KEY}: westeurope",
                )
            )
        return self._location

    def _read_basics(self) -> dict[str, object]:
        """The fields of Basics that could be read: one that could not leaves the others be."""
        given = {key: self._config[key] for key in wording.keys_of(Basics) if key in self._config}
        basics = self._read(Basics, given, ())
        if basics is None:
            wrong = {problem.path[0] for problem in self._problems}
            given = {key: value for key, value in given.items() if key not in wrong}
            basics = Basics.model_validate_json(json.dumps(given))
            return {name: getattr(basics, name) for name in Basics.model_fields if key_of(name) not in wrong}
        return {name: getattr(basics, name) for name in Basics.model_fields}

    def _read_system_pool(self, data: object) -> SystemPoolSettings | None:
        place = ("cluster", "systemPool")
        pool = self._read(SystemPoolSettings, data, place)
        if pool is not None:
            self._pools.append(Pool(place, pool))
        return pool

    def _read_node_pools(self) -> dict[str, NodePoolBase] | None:
        """All pools; None where one could not be read, for then what they are together is not known."""
        entries = self._config.get("nodePools", {})
        if not isinstance(entries, dict):
            self._add(("nodePools",), entries, wording.wrong_type("nodePools", "a map of keys", entries))
            return None
        pools = {}
        for name, entry in entries.items():
            place = ("nodePools", name)
            self._check_pool_name(name)
            pool = self._read_kind(entry, place, NODE_POOL_KINDS, DEFAULT_KIND)
            if isinstance(pool, NodePoolBase):
                pools[name] = pool
                self._pools.append(Pool(place, pool))
        return pools if len(pools) == len(entries) else None

    def _check_pool_name(self, name: str) -> None:
        remedy = "".join(
            character for character in name.lower() if character.isascii() and character.isalnum()
        )
        remedy = remedy.lstrip("0123456789")[: naming.NODE_POOL_KEY_LIMIT] or "batch"
        if name == remedy:
            return
        words = wording.Words(
            limit=f"1 to {naming.NODE_POOL_KEY_LIMIT} lower-case letters and digits, a letter first",
            reason=f"Azure allows {naming.LINUX_NODE_POOL_NAME_LIMIT} characters: this key, and "
            f"{naming.NODE_POOL_HASH_LENGTH} that stand for the pool's settings",
            remedy=f"{remedy}:",
        )
        self._add(("nodePools", name), name, words)

    def _read_ingress(self) -> SettingsModel | None:
        return self._read_kind(
            self._config.get("ingress", {}), ("ingress",), INGRESS_KINDS, DEFAULT_INGRESS_KIND
        )

    def _read_kind(
        self, data: object, place: Path, kinds: Mapping[str, type[SettingsModel]], default: str
    ) -> SettingsModel | None:
        """Read ``data`` as the one of ``kinds`` that its key ``kind`` names."""
        kind = data.get("kind", default) if isinstance(data, dict) else default
        model = kinds.get(kind) if isinstance(kind, str) else None
        if model is None:
            self._add((*place, "kind"), kind, wording.one_of("kind", list(kinds), kind))
            return None
        known = len(self._problems)
        settings = self._read(model, data, place)
        self._problems[known:] = [
            self._of_another_kind(problem, place, kind, kinds) for problem in self._problems[known:]
        ]
        return settings

    @staticmethod
    def _of_another_kind(
        problem: Problem, place: Path, kind: str, kinds: Mapping[str, type[SettingsModel]]
    ) -> Problem:
        """``problem``, told otherwise where its key is unknown to ``kind`` but not to another kind."""
        key = str(problem.path[-1])
        owners = [other for other, model in kinds.items() if key in wording.keys_of(model)]
        if problem.path[:-1] != place or kind in owners or not owners or key in kinds[kind].never:
            return problem
        limit, reason = f"kind {' or '.join(owners)}", f"kind {kind} does not have it"
        return replace(problem, limit=limit, reason=reason, remedy=f"kind: {owners[0]}, or remove {key}")

    def _read(self, model: type[Model], data: object, place: Path) -> Model | None:
        try:
            return model.model_validate_json(json.dumps(data), by_alias=True, by_name=False)
        except ValidationError as error:
            # A list counts as too short as well when one of its members is refused.
            told = [found for found in error.errors(include_url=False) if not _is_echo(found)]
            self._problems.extend(wording.problem_of(found, model, place) for found in told)
            return None

    def _gives(self, path: Path) -> bool:
        """Whether the config has a value at ``path``, as against a default."""
        if ":" in str(path[0]):
            return True
        value: Any = self._config
        for part in path:
            if not isinstance(part, int) and part not in value:
                return False
            value = value[part]
        return True

    def _refuse_unknown_keys(self) -> None:
        known = [key for key in wording.keys_of(Settings) if key != "location"]
        for key, value in self._config.items():
            if key not in known:
                self._add((key,), value, wording.unknown_key(key, known, value))

    def _add(self, path: Path, value: object, words: wording.Words) -> None:
        self._problems.append(
            Problem(path=path, value=value, limit=words.limit, reason=words.reason, remedy=words.remedy)
        )

    def _placed(self, problem: Problem) -> Problem:
        """``problem`` with its line, and without what is secret."""
        line = self._file.line_of(problem.path, problem.value)
        if problem.value is not Mark.MISSING and not self._gives(problem.path):
            problem = replace(problem, default=True)
        if problem.path[0] not in self._secret:
            return replace(problem, line=line)
        return replace(hiding(self._config[str(problem.path[0])], problem), line=line)


def _is_echo(error: ErrorDetails) -> bool:
    return error["type"] == "too_short" and bool(error["input"])


def _decoded(key: str, text: str) -> object:
    """The value that ``text`` stands for: a map, a list, a boolean or null as JSON, else ``text`` itself."""
    if key in _TEXT_KEYS:
        return text
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return text
    return value if value is None or isinstance(value, dict | list | bool) else text

"""What a run is called: by its own plan, which need not be that of its experiment. Pure.

A learner changes what an experiment permits, a sweep changes the learning rate, and an experiment
may get another plan after its runs were made.
"""

from collections.abc import Collection, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from training_jobs.engine.plan import Plan
from training_jobs.permits import ALWAYS, key_of
from training_jobs.plan_words import LABELS, NAMES, said

Values = Mapping[str, Any]
DEFAULTS = {field.name: field.default for field in fields(Plan) if field.default is not MISSING}
# What a made title always says; anything else only where it was changed.
TITLED = frozenset(
    {"dataset", "network", "hidden_units", "optimizer", "learning_rate", "momentum", "nesterov"}
)


@dataclass(frozen=True)
class Change:
    """A field in which a run's plan is not its experiment's."""

    field: str
    value: Any
    own: Any

    @property
    def label(self) -> str:
        return LABELS[self.field]

    @property
    def words(self) -> str:
        return f"{self.label.lower()} {_told(self.field, self.value)}"

    @property
    def instead(self) -> str:
        return f"{self.words} instead of {_told(self.field, self.own)}"


def changes_between(plan: Values, own: Values) -> list[Change]:
    """Where `plan` differs from the experiment's `own`, in what decides how a network trains."""
    pairs = [(name, _value(plan, name), _value(own, name)) for name in LABELS if name not in ALWAYS]
    return [Change(*pair) for pair in pairs if key_of(pair[1]) != key_of(pair[2])]


def stand_in(plan: Values, data: Values | None) -> str:
    """What a run met in place of the data set of its plan; empty where that was met, or unknown.

    `data` has the name and the title of what was trained on, as a receipt or a history has them.
    """
    met = data or {}
    planned = plan.get("dataset")
    return "" if met.get("name", planned) == planned else str(met["title"])


def title_of(
    plan: Values, title: str, own: Values, *, apart: Collection[str] = (), met: str = ""
) -> str:
    """The experiment's `title` where `plan` is the experiment's `own`, else one made of the plan.

    Fields in `apart` are told elsewhere: they may differ, and are left out. `met` names the data
    that stood in for the plan's.
    """
    changed = [one for one in changes_between(plan, own) if one.field not in apart]
    return made_title(plan, changed, apart=apart, met=met) if changed else title


def made_title(
    plan: Values,
    changed: Collection[Change] = (),
    *,
    apart: Collection[str] = (),
    met: str = "",
) -> str:
    """A title that says nothing but what stands in the plan, and what was changed in it."""
    shown = {name: _value(plan, name) for name in LABELS if name not in apart}
    further = [one.words for one in changed if one.field not in TITLED]
    data = met or _told("dataset", plan.get("dataset"))
    return ", ".join([data[:1].upper() + data[1:], _network(shown), _optimizer(shown), *further])


def _network(plan: Values) -> str:
    units = [str(count) for count in plan.get("hidden_units") or []]
    layers = f"{' and '.join(filter(None, [', '.join(units[:-1]), *units[-1:]]))} hidden units"
    layers = layers if units else "no hidden layer"
    return f"a convolution and {layers}" if plan.get("network") == "convolutional" else layers


def _optimizer(plan: Values) -> str:
    name = plan.get("optimizer")
    parts = [NAMES.get(str(name), str(name))]
    if (rate := plan.get("learning_rate")) is not None:
        parts[0] += f" at {_told('learning_rate', rate)}"
    if momentum := plan.get("momentum"):
        kind = "Nesterov momentum" if plan.get("nesterov") else "momentum"
        parts.append(f"{kind} {_told('momentum', momentum)}")
    return ", ".join(parts)


def _value(plan: Values, name: str) -> Any:
    value = plan.get(name, DEFAULTS.get(name))
    return list(value) if isinstance(value, tuple) else value


def _told(field: str, value: Any) -> str:
    return "–" if value is None else said(field, value)

"""Options that several commands share, and the settings they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click

from samewire import __version__, clients, providers, sets
from samewire.budget import Budget
from samewire.choosing import choose
from samewire.comparing import compared
from samewire.credentials import Credential
from samewire.environment import Environment, surroundings
from samewire.policy import POLICIES
from samewire.report.packing import EVIDENCE
from samewire.requirement import Depth, Level
from samewire.settings import Endpoint, Settings, SettingsError, ad_hoc
from samewire.suite import requirements

__all__ = [
    *("budget_for", "embedding", "endpoint", "endpoints_from", "output", "selection", "settings_for"),
    *("spending", "suggestion", "variables"),
]

Command = Callable[..., Any]
#: Options that weigh more than an entry's settings of the same names.
TUNED = ("concurrency", "rpm", "tokens_per_minute", "burst", "timeout", "costly", "image_url")
FOLDER = click.Path(path_type=Path, file_okay=False)
PLACE = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, dir_okay=False)


def _with(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


#: Options that say what stands in the reports beside what was measured.
embedding = _with(
    click.option(
        "--embed-evidence", "evidence", type=click.Choice(EVIDENCE), help="Which exchanges report.html holds."
    ),
    click.option("--annotations", type=FILE, help="What providers have to say about cells; it decides nothing."),
    click.option(
        "--outdated-after",
        type=click.IntRange(1),
        metavar="DAYS",
        help="After so many days the reports and badges say that they are outdated; 90 without it.",
    ),
)
#: Options that select checks.
selection = _with(
    click.option("--only", multiple=True, metavar="ID", help="Checks to run: ids or globs, such as chat.stream.*"),
    click.option("--not", "without", multiple=True, metavar="ID", help="Checks to leave out."),
    click.option("--level", type=click.Choice(["must", "should", "may"]), help="The least level to run."),
    click.option(
        "--depth",
        type=click.Choice([one.value for one in Depth]),
        default=Depth.CORE.value,
        show_default=True,
        help="How much of the suites to run; checks named by --only run at any depth.",
    ),
    click.option("--client", "wanted", multiple=True, metavar="ID", help="Only what a client needs, such as roo-code."),
    click.option("--set", "frozen", metavar="RELEASE", help="Score only what a release has frozen, such as 0.1."),
)

#: Options that say where reports go, and how loudly.
output = _with(
    click.option("-o", "--output-dir", "folder", type=FOLDER, default=Path("reports"), show_default=True),
    click.option(
        "--fail-on",
        type=click.Choice(POLICIES),
        default="must",
        show_default=True,
        help="What makes the exit status 1; regression: what is worse than in the baseline.",
    ),
    click.option(
        "--expectations",
        type=FILE,
        help="Known failures, beside those of providers.yaml.",
        envvar="SAMEWIRE_EXPECTATIONS",
    ),
    click.option(
        "--baseline",
        "earlier",
        type=PLACE,
        multiple=True,
        help="A results.json, run.jsonl or site's folder to compare with; of several runs, oldest first, the last one.",
    ),
    embedding,
    click.option("--json", "as_json", is_flag=True, help="Print the results as JSON instead of a summary."),
    click.option("-q", "--quiet", is_flag=True, help="Show no progress."),
)

#: Options that bound what a run may spend. What was measured until then is kept.
spending = _with(
    click.option("--max-requests", type=click.IntRange(1), help="Stop after so many requests."),
    click.option("--max-tokens", type=click.IntRange(1), help="Stop before more tokens than this are used."),
    click.option("--max-cost", type=click.FloatRange(0), metavar="USD", help="Stop before more dollars are spent."),
)

#: Options that describe an endpoint without a file.
endpoint = _with(
    click.option("--base-url", metavar="URL", help="An endpoint that no file describes. [env: OPENAI_BASE_URL]"),
    click.option("--model", "models", multiple=True, metavar="ID", help="A model of it; several may be given."),
    click.option(
        "--api-key-env",
        default="OPENAI_API_KEY",
        show_default=True,
        metavar="NAME",
        help="The variable that holds its key; without one, no key is sent.",
    ),
    click.option("--config", type=FILE, envvar="SAMEWIRE_CONFIG", help="Another file than the nearest providers.yaml."),
    click.option("--concurrency", type=click.IntRange(1, 64), help="Requests in flight at once, per endpoint."),
    click.option("--rpm", type=click.IntRange(1), help="Requests a minute, per endpoint."),
    click.option("--tokens-per-minute", type=click.IntRange(1), help="Tokens a minute, per endpoint."),
    click.option(
        "--burst",
        type=click.Choice(["2", "4", "8", "16", "32"]),
        is_flag=False,
        flag_value="8",
        callback=lambda _, __, size: int(size) if size else None,
        help="Find out how many requests at once are served, by so many tiny ones at most; 8 if no number is given.",
    ),
    click.option("--image-url", metavar="URL", help="Where the endpoint can fetch a picture that is blue all over."),
    click.option("--costly", is_flag=True, default=None, help="Send what may cost much, too: prompts of megabytes."),
    click.option("--timeout", type=click.FloatRange(0.1), help="Seconds that one attempt may take."),
)


def endpoints_from(names: tuple[str, ...], options: Mapping[str, Any]) -> tuple[Endpoint, ...]:
    """The endpoints that a command is about: one that its options describe, else those of providers.yaml.

    Raises:
        SettingsError: there is something wrong with either.
    """
    base_url, models, config = options["base_url"], options["models"], options["config"]
    environ = variables()
    if not base_url and models and not names:
        base_url = environ.get("OPENAI_BASE_URL")
    tuned = {name: options[name] for name in TUNED if options[name] is not None}
    if base_url:
        if names:
            raise SettingsError(f"--base-url describes an endpoint of its own: leave out {' '.join(names)}")
        credential = Credential.from_environment(options["api_key_env"], environ)
        return choose([ad_hoc(base_url, models, credential, **tuned)], ())
    if models:
        raise SettingsError("--model goes with --base-url; of providers.yaml, name endpoints: samewire run groq")
    return choose(providers.load(config or providers.find(Path.cwd()), environ, tuned), names)


def variables() -> Environment:
    """The variables of the process and of the nearest .env file.

    Raises:
        SettingsError: the file can't be read.
    """
    try:
        return surroundings(Path.cwd())
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f".env can't be read: {problem}") from None


def budget_for(endpoints: tuple[Endpoint, ...], options: Mapping[str, Any]) -> Budget:
    """What a run may spend.

    Raises:
        SettingsError: money is to be bounded, and what an endpoint costs is not known.
    """
    unpriced = sorted({one.name for one in endpoints if not one.prices and not one.provider.missing})
    if options["max_cost"] is not None and unpriced:
        raise SettingsError(
            f"--max-cost can't be kept, as no prices are known of {', '.join(unpriced)}: "
            "write `prices: {input: …, output: …}` in providers.yaml, or bound tokens by --max-tokens"
        )
    return Budget(options["max_requests"], options["max_tokens"], options["max_cost"])


def settings_for(endpoints: tuple[Endpoint, ...], options: Mapping[str, Any]) -> Settings:
    """The settings that a command's options make.

    Raises:
        SettingsError: a file that they name is wrong, or not there.
    """
    level = options.get("level")
    settings = Settings(
        endpoints,
        only=tuple(options.get("only") or ()),
        without=tuple(options.get("without") or ()),
        level=Level(level.upper()) if level else None,
        depth=Depth(options.get("depth") or Depth.CORE),
        output=options.get("folder") or Path("reports"),
        fail_on=options.get("fail_on") or "must",
        repeat=options.get("repeat") or 1,
        extra={"tool": {"name": "samewire", "version": __version__}, **compared(endpoints, options)},
    )
    if settings.fail_on == "regression" and "earlier" not in settings.extra:
        raise SettingsError("--fail-on regression compares with an earlier run: name its results.json by --baseline")
    if options.get("wanted"):
        needed = needed_by(options["wanted"])
        settings = replace(settings, only=tuple(one for one in needed if not settings.only or one in settings.only))
    if not options.get("frozen"):
        return settings
    held = frozenset(sets.load(options["frozen"]))
    return replace(settings, scored=held, extra={**settings.extra, "set": options["frozen"]})


def needed_by(names: Sequence[str]) -> tuple[str, ...]:
    """The ids of the checks that some clients need.

    Raises:
        SettingsError: there is no such client.
    """
    known = {one.id: one for one in clients.clients()}
    if wrong := [name for name in names if name not in known]:
        hint = suggestion(wrong[0], list(known)) or f"; there are {', '.join(known)}"
        raise SettingsError(f"no client is called {wrong[0]!r}{hint}")
    modes = [mode for name in names for mode in known[name].modes]
    patterns = [need.pattern for mode in modes for need in (*mode.required, *mode.optional)]
    return tuple(one.id for one in requirements() if any(fnmatchcase(one.id, pattern) for pattern in patterns))


def suggestion(word: str, names: list[str]) -> str:
    """The nearest of some names, as the end of a sentence."""
    near = get_close_matches(word, names, 1)
    return f"; did you mean {near[0]}?" if near else ""

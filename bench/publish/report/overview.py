"""The sections about all episodes: headline, standing, metrics, episodes, divergence."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise

from bench.io.documents import Document
from bench.publish.report import html
from bench.publish.report.episode import anchor
from bench.publish.report.evidence import STATUS
from bench.publish.report.figures import episodes as bars
from bench.publish.report.figures import horizon, ranks
from bench.publish.report.figures import standing as places
from bench.publish.report.html import Html
from bench.publish.report.numbers import (
    NONE,
    interval,
    joint_units,
    number,
    per_cent,
    with_interval,
    with_unit,
)
from bench.publish.report.pictures import Pictures
from bench.publish.report.standing import Row, Standing
from bench.scoring.metrics.registry import HEADLINE, METRICS, metric

TILES = (HEADLINE, "rmse_norm_rms", "position_rmse", "orientation_rmse")
MISSING = "Why numbers are missing"
NO_INTERVAL = "Why numbers have no interval"
EPISODE_METRICS = (HEADLINE, "rmse_norm_rms", "position_rmse", "orientation_rmse")


def head(result: Document, found: Standing) -> Html:
    """Who and what, and the numbers that matter most."""
    entry, dataset = result["entry"], result["dataset"]
    kind = {"recorded": "a recorded robot"}.get(dataset["kind"], "a simulated reference")
    lead = (
        f"{entry['method']}. By {entry['lab']}; track {entry['track']}; errors of "
        f"{'commands' if result['signal'] == 'action' else 'measured positions'}; "
        f"{STATUS[result['status']]}. "
        f"Scored on {dataset['name']} version {dataset['version']}, {kind}."
    )
    return html.joined(
        html.heading(1, f"{entry['name']} on {dataset['name']}"),
        Html(f'<p class="lead">{html.safe(lead)}</p>'),
        html.paragraph(entry["description"]) if entry["description"] else Html(),
        _tiles(result, found),
    )


def _tiles(result: Document, found: Standing) -> Html:
    coverage = result["coverage"]
    tiles = [_tile(name, result["metrics"][name]) for name in TILES]
    scored = f"{coverage['episodes_scored']} of {coverage['episodes']} episodes"
    share = per_cent(coverage["time_scored"], coverage["time"])
    tiles.append(("scored share of the time", share, scored))
    own = next((row for row in found.rows if row.own), None)
    if own is not None and own.skill is not None and own.skill["value"] is not None:
        tiles.append(("skill", number(own.skill["value"]), _skill_note(own.skill)))
    cells = "\n".join(
        f"<div><dt>{html.safe(name)}</dt><dd>{html.safe(value)}</dd><dd>{html.safe(more)}</dd></div>"
        for name, value, more in tiles
    )
    return Html(f'<dl class="tiles">\n{cells}\n</dl>')


def _skill_note(skill: Document) -> str:
    """The interval; of the entry from which skill is counted, that it is that one."""
    if skill["value"] == skill["low"] == skill["high"] == 0:
        return "skill is counted from this entry"
    return interval(skill)


def _tile(name: str, estimate: Document) -> tuple[str, str, str]:
    shown = metric(name)
    if estimate["value"] is None:
        return name, NONE, str(estimate["reason"])
    value = f"{number(estimate['value'], shown.shown_factor)} {shown.shown_unit}"
    return name, value, interval(estimate, shown.shown_factor)


def standing_section(found: Standing, pictures: Pictures) -> Html:
    """Where the entry stands."""
    title = html.heading(2, "Where it stands", "standing")
    if not found.rows or all(row.own for row in found.rows):
        text = "There is no leaderboard or repetition of the same holdout and scorer to compare."
        return html.joined(title, html.paragraph(text))
    shown = metric(HEADLINE)
    own = next((number_ for number_, row in enumerate(found.rows) if row.own), None)
    where = "" if own is None else f" The entry is row {own + 1} of {len(found.rows)}."
    floor = (
        ""
        if found.floor is None
        else f" The dotted line is the noise of one run of the robot, "
        f"{number(found.floor, shown.shown_factor)} {shown.shown_unit}."
    )
    ends = " with its interval" if any(row.low is not None for row in found.rows) else ""
    diamond = " The diamond is a further run of the robot on the same commands."
    diamond = diamond if any(row.robot for row in found.rows) else ""
    figure = pictures.add(
        "standing",
        functools.partial(places.draw, found.rows, found.floor, shown),
        f"{shown.name} of every entry of the leaderboard{ends}, the best first.{where}",
        f"{shown.name}{ends}; lower is better.{diamond}{floor}",
    )
    headings = ["row", "rank", with_unit(shown), "skill"]
    rows = [_standing_row(row, shown.shown_factor) for row in found.rows]
    return html.joined(title, html.beside(figure, html.table("Leaderboard", headings, rows)))


def _standing_row(row: Row, factor: float) -> list[str]:
    low, high = row.rank or (None, None)
    rank = NONE if low is None else str(low) if low == high else f"{low}–{high}"
    headline = {"value": row.value, "low": row.low, "high": row.high}
    skill = NONE if row.skill is None else with_interval(row.skill)
    own = f"{row.name} (this report)" if row.own else row.name
    return [own, rank, with_interval(headline, factor), skill]


def metrics_section(result: Document) -> Html:
    """Every metric, arm and joint over all episodes."""
    rows = []
    for shown in METRICS:
        estimate = result["metrics"].get(shown.name)
        if estimate is not None:
            cells = _estimate(estimate, shown.shown_factor)
            rows.append([with_unit(shown), *cells, shown.meaning])
    headings = ["metric", "value", "episodes", "groups", "meaning"]
    level = f"{100 * result['scorer']['level']:g} % intervals, resampled over groups"
    reasons: dict[bool, list[str]] = {True: [], False: []}
    for name, estimate in result["metrics"].items():
        if estimate["reason"]:
            reasons[estimate["value"] is None].append(f"{name}: {estimate['reason']}")
    return html.joined(
        html.heading(2, "Metrics", "metrics"),
        html.table(f"Means over episodes with {level}", headings, rows, prose=1),
        *(
            html.folded(title, html.listing(reasons[missing]))
            for missing, title in ((True, MISSING), (False, NO_INTERVAL))
            if reasons[missing]
        ),
        _arms(result),
        _joints(result),
    )


def _estimate(estimate: Document, factor: float) -> list[str]:
    counted = [str(estimate["episodes"]), str(estimate["groups"])]
    return [with_interval(estimate, factor), *counted]


def _arms(result: Document) -> Html:
    """By arm, where there are several."""
    if len(result["arms"]) < 2:
        return Html()
    rows = [
        [f"{arm}: {with_unit(metric(name))}", *_estimate(estimate, metric(name).shown_factor)]
        for arm, values in result["arms"].items()
        for name, estimate in values.items()
    ]
    return html.joined(
        html.heading(3, "By arm"),
        html.table("Arms", ["arm: metric", "value", "episodes", "groups"], rows),
    )


def _joints(result: Document) -> Html:
    rows = []
    for name, estimate in result["joints"].items():
        _, _, unit, factor = joint_units(estimate["unit"])
        rows.append([name, unit, *_estimate(estimate, factor)])
    headings = ["joint", "unit", "RMSE", "episodes", "groups"]
    return html.joined(html.heading(3, "By joint"), html.table("Joints", headings, rows))


def worst_first(episodes: Sequence[Document]) -> list[int]:
    """Places of the episodes that have a headline, the worst first."""
    known = [n for n, record in enumerate(episodes) if record["metrics"][HEADLINE] is not None]
    return sorted(known, key=lambda n: (-episodes[n]["metrics"][HEADLINE], episodes[n]["id"]))


def episodes_section(
    result: Document, found: Standing, drawn: Collection[int], pictures: Pictures
) -> Html:
    """Every episode, the worst first."""
    episodes, shown = result["episodes"], metric(HEADLINE)
    order = worst_first(episodes)
    rest = [number_ for number_ in range(len(episodes)) if number_ not in set(order)]
    counted = Counter(label["episode"] for label in result["labels"])
    rows = [_episode_row(episodes[n], n in drawn, n, counted) for n in [*order, *rest]]
    names = [with_unit(metric(name)) for name in EPISODE_METRICS]
    table = html.table(
        "Episodes, the worst first", ["episode", "group", *names, "labels", "scored [s]"], rows
    )
    title = html.heading(2, "Episodes", "episodes")
    if not order:
        return html.joined(title, html.paragraph("No episode has a headline."), table)
    most = f"The {bars.MOST} worst of {len(order)} episodes. " if len(order) > bars.MOST else ""
    worst = episodes[order[0]]
    value = number(worst["metrics"][HEADLINE], shown.shown_factor)
    figure = pictures.add(
        "episodes",
        functools.partial(
            bars.draw,
            [episodes[n] for n in order],
            result["metrics"][HEADLINE],
            found.repeats,
            shown,
        ),
        f"{shown.name} of every episode, the worst first. {most}The worst is {worst['id']} with "
        f"{value} {shown.shown_unit}.",
        most + _bars_caption(result, order, found),
    )
    return html.joined(title, figure, table)


def _bars_caption(result: Document, order: Sequence[int], found: Standing) -> str:
    """What is drawn of `bars`: not every result has all of it."""
    episodes, estimate = [result["episodes"][n] for n in order], result["metrics"][HEADLINE]
    text = f"{HEADLINE} of each episode; the line is the mean over episodes"
    text += "." if estimate["low"] is None else ", the band its interval."
    if any(record["id"] in found.repeats for record in episodes[: bars.MOST]):
        text += " A diamond is the robot's repetition of the episode."
    if bars.group_colours(episodes):
        text += " Episodes of one group are not independent and share a colour."
    return text


def _episode_row(record: Document, drawn: bool, place: int, counted: Counter[str]) -> list[str]:
    name = html.link(anchor(place), record["id"]) if drawn else record["id"]
    values = [
        number(record["metrics"][name_], metric(name_).shown_factor) for name_ in EPISODE_METRICS
    ]
    labels = str(counted[record["id"]])
    return [name, record["group"], *values, labels, f"{record['time_scored']:.1f}"]


def divergence_section(result: Document, pictures: Pictures) -> Html:
    """Whether and how the error grows with time."""
    title = html.heading(2, "Divergence", "divergence")
    found, growth = result["divergence"], result["metrics"].get("growth")
    lines = []
    if growth is not None and growth["value"] is not None:
        lines.append(
            f"Growth exponent {number(growth['value'])} ({interval(growth)}): "
            f"{found['verdict'] or 'no verdict without an interval'}."
        )
    elif growth is not None:
        lines.append(f"Growth exponent: none, {growth['reason']}.")
    profile = found["horizon"]
    if not profile["episodes"] or not any(v is not None for v in profile["values"]):
        lines.append("No episode is long enough for a profile over the horizon.")
        return html.joined(title, *(html.paragraph(line) for line in lines))
    windows = zip(pairwise(profile["edges"]), profile["values"], strict=True)
    rows = [[f"{begin:g} to {end:g}", number(value, 1e2)] for (begin, end), value in windows]
    figure = pictures.add(
        "divergence",
        functools.partial(horizon.draw, profile),
        f"Normalised joint error over the time since the start, {len(rows)} windows.",
        f"Root mean square of the normalised joint error in disjoint windows. {_profiled(result)}",
    )
    table = html.table("Error by window", ["window [s]", "error [% of range]"], rows)
    paragraphs = [html.paragraph(line) for line in lines]
    return html.joined(title, *paragraphs, html.beside(figure, table))


def _profiled(result: Document) -> str:
    """Which episodes a profile is over, and why not all."""
    over, whole = result["divergence"]["horizon"]["episodes"], result["coverage"]["episodes"]
    some = "episode" if over == 1 else "episodes"
    if over == whole:
        return f"All {over} {some}." if over > 1 else "The only episode."
    are = "is" if over == 1 else "are"
    others = "The other ends" if whole - over == 1 else "The others end"
    return (
        f"The same {over} of {whole} episodes {are} in every window. {others} earlier, or "
        "without a scored row in a window, where rows are masked or not scored."
    )


def executions_section(result: Document, pictures: Pictures) -> Html:
    """How repeated executions spread; nothing where there is one."""
    found = result["samples"]
    counts = found["rank_histogram"]
    if found["deterministic"] or not counts:
        return Html()
    text = f"The entry gives {found['executions']} executions of every episode; point metrics score"
    figure = pictures.add(
        "executions",
        functools.partial(ranks.draw, counts),
        f"Rank histogram of the measured positions among {found['executions']} executions.",
        "How often the measured position of a joint has each rank among the executions. Flat (the "
        "dashed line) if they spread as the robot does; high ends if they spread too little.",
    )
    rows = [
        [str(rank), str(count), per_cent(count, sum(counts))]
        for rank, count in enumerate(counts, 1)
    ]
    table = html.table("Rank histogram", ["rank", "rows and joints", "share"], rows)
    return html.joined(
        html.heading(2, "Repeated executions", "executions"),
        html.paragraph(f"{text} their mean."),
        html.beside(figure, html.folded("Numbers", table) if len(rows) > 24 else table),
    )

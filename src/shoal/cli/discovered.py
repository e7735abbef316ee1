"""What ``shoal discover`` found, for people."""

from __future__ import annotations

from typing import Any

from shoal.cli.output import print_table


def _figure(value: float | None, unit: str | None = None) -> str:
    if value is None:
        return "unset"
    shown = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{shown} {unit}" if unit else shown


def print_clusters(found: dict[str, Any]) -> None:
    """Each group with what sets it apart and the rule that finds it."""
    print(f"{found['k']} groups among {found['people']:,} people at {found['as_of']}")
    if found["trials"]:
        print(
            f"chosen by how far each group comes back when people are drawn again; fitted on "
            f"{found['fitted_on']:,}"
        )
        print()
        rows = [
            (
                f"{it['k']}{' <' if it['k'] == found['k'] else ''}",
                f"{it['min_jaccard']:.2f}",
                it["verdict"],
                f"{it['smallest_share']:.0%}",
                f"{it['silhouette']:.2f}",
            )
            for it in found["trials"]
        ]
        print_table(("groups", "lowest Jaccard", "", "smallest", "silhouette"), rows)
    print()
    print(f"One tree of depth five puts {found['tree_fidelity']:.0%} of the people in their group.")
    for group in found["clusters"]:
        steady = f", {group['stability']} ({group['jaccard']:.2f})" if group["jaccard"] else ""
        firm = "firm" if group["firm"] else "*not firm*"
        print()
        print(f"{group['title']}")
        print(f"  {group['size']:,} people, {group['share']:.0%}{steady}")
        for it in group["traits"][:4]:
            here, everyone = (_figure(it[key], it["unit"]) for key in ("here", "everyone"))
            print(f"  · {it['title']}: {here}, everyone {everyone}")
        print(f"  {group['name']}: {group['rule']}")
        print(f"  the rule's fidelity: {group['fidelity']:.2f}, {firm}")
    _print_notes(
        [f"{it['title']} is left out: {it['why']}" for it in found["left_out"]] + found["notes"]
    )


def print_lookalikes(found: dict[str, Any]) -> None:
    """How far to trust the likeness, the rule, and the first people."""
    best = found["baselines"]["best_single"]
    print(f"{found['found']:,} people most like the {found['members']:,} of {found['segment']}")
    print(
        f"  AUC on people not seen: {found['auc']:.3f} ({found['auc_low']:.3f} to "
        f"{found['auc_high']:.3f}) by {found['model']}; by the best single behaviour, "
        f"“{best['title']}”: {best['auc']:.3f}; a coin: 0.5"
    )
    firm = "firm" if found["firm"] else "*not firm*"
    print(f"  nearly the same people by a rule (fidelity {found['fidelity']:.2f}, {firm}):")
    print(f"  {found['rule']}")
    print()
    print_table(("user_id", "score"), [(it["user_id"], it["score"]) for it in found["people"][:10]])
    if found["found"] > 10:
        print(f"… --format csv --out FILE for all {found['found']:,}")


def print_predictors(found: dict[str, Any]) -> None:
    """What each behaviour adds and tells alone, the predictive ones first."""
    recency = found["baselines"]["recency"]
    print(f"{found['target']}: who did, of the {found['people']:,} known at {found['cutoff']}")
    print(f"  {found['positives']:,} did ({found['base_rate']:.1%})")
    beside = f"; recency alone: {recency:.3f}" if recency is not None else ""
    print(
        f"  AUC on people held out: {found['auc']:.3f} ({found['auc_low']:.3f} to "
        f"{found['auc_high']:.3f}) by {found['model']}{beside}; a coin: 0.5"
    )
    for verdict in dict.fromkeys(it["verdict"] for it in found["predictors"]):
        print()
        print(f"{verdict[:1].upper()}{verdict[1:]}")
        rows = [
            (
                it["words"] or it["title"],
                f"{it['importance']:+.4f}",
                f"{it['low']:+.4f} to {it['high']:+.4f}",
                f"{max(it['auc_alone'], 1 - it['auc_alone']):.3f}",
            )
            for it in found["predictors"]
            if it["verdict"] == verdict
        ]
        print_table(("", "adds to AUC", "by chance, from to", "AUC alone"), rows)
    _print_notes(
        [f"{it['title']} is left out: {it['why']}" for it in found["left_out"]] + found["notes"]
    )


def print_persona(card: dict[str, Any]) -> None:
    """One card."""
    print(card["title"])
    print(card["sentence"])
    print(f"  {card['size']:,} people, {card['share']:.1%} of everyone, at {card['as_of']}")
    value = card["value"]
    if value and value["per_member"] is not None:
        currency = value["currency"] or ""
        share = f", {value['share']:.0%} of all" if value["share"] is not None else ""
        print(
            f"  worth {_figure(value['per_member'], currency)} each (others "
            f"{_figure(value['per_other'], currency)}){share}: {value['of']}"
        )
    _print_apart(card["sets_apart"])
    when = card["rhythm"]
    if when:
        print(
            f"  mostly {when['weekday']}s ({when['weekday_share']:.0%}, everyone "
            f"{when['weekday_everyone']:.0%}) and {when['hours']} ({when['hours_share']:.0%}, "
            f"everyone {when['hours_everyone']:.0%}): {when['event']}"
        )
    for it in card["favourites"]:
        if it["lift"] >= 1.2 and it["share"] >= 0.05:
            print(
                f"  {it['title']}: {it['value']} for {it['share']:.0%} (everyone "
                f"{it['everyone']:.0%})"
            )
    for partition in card["journey"]:
        parts = ", ".join(
            f"{it['title']} {it['share']:.0%} ({it['everyone']:.0%})"
            for it in partition["parts"][:3]
        )
        print(f"  {partition['title']}: {parts}")
    if card["typical_member"]:
        told = "; ".join(
            f"{it['title'].lower()} {_figure(it['value'], it['unit'])}"
            for it in card["typical_member"][:6]
        )
        print(f"  a typical member: {told}")
    else:
        print("  a typical member: not shown of so few, one could know the person")
    print("  next:")
    for it in card["next_questions"]:
        print(f"    {it['question']}  {it['command']}")


def _print_apart(apart: list[dict[str, Any]]) -> None:
    for it in apart[:6]:
        here, others = (_figure(it[key], it["unit"]) for key in ("here", "others"))
        own = " (by its own rule)" if it["by_its_own_rule"] else ""
        print(f"  · {it['words']}: {here}, others {others}{own}")
    if not apart:
        print("  · nothing looked at sets them apart")


def print_trends(found: dict[str, Any]) -> None:
    """What moved, and what only seems to."""
    print(
        f"{found['period']} up to {found['after']} against those before; "
        f"{found['people_known_at_both']:,} people known at both"
    )
    print()
    notable = [it for it in found["moves"] if it["notable"]]
    rows = [
        (
            it["kind"],
            it["title"],
            _figure(it["before"]),
            _figure(it["after"]),
            "new" if it["relative"] is None else f"{it['relative']:+.0%}",
            f"±{_figure(it['noise'])}",
        )
        for it in notable
    ]
    if rows:
        print_table(("", "what", "before", "after", "change", "chance brings"), rows)
    else:
        print("Nothing moved more than chance brings.")
    print()
    print(f"{len(found['moves']) - len(notable)} others did not move notably; --json has all.")
    told = [
        f"{it['title']} is not told as a move: {it['beware']}"
        for it in found["moves"]
        if it["beware"] and it["sure"]
    ]
    _print_notes([*told, *found["warnings"]])


def _print_notes(notes: list[str]) -> None:
    if notes:
        print()
    for note in notes:
        print(f"* {note}")

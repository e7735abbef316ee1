"""``python -m bench campaigns``: messages made a minute, and effects found where they are known.

Made: e-mails of three templates each (subject, text, HTML), composed to their last byte, one process a
core. Found: shops of made-up people through the campaign itself (arms, outbox, a mailbox in memory,
results on the day of decision), with an effect that is known, and with none. Processor seconds tell how
much work it was; wall seconds are those of the machine as it is.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench.measure import load, machine, say, write_section
from bench.sending import EFFECT as BY_MAIL
from bench.sending import seed_by_mail, sent_by_mail

PAGE = Path(__file__).parent / "RESULTS.md"
BEGIN, END = "<!-- campaigns: begin -->", "<!-- campaigns: end -->"
SENT, SENT_END = "<!-- sending: begin -->", "<!-- sending: end -->"
TEMPLATES = {
    "subject": "{{ first_name | default: 'Hello' }}, {{ items | first }} is still here",
    "text": "Hello {{ first_name | default: 'there' }},\n{% for item in items limit: 5 %}- {{ item }}\n"
    "{% endfor %}{{ offer }}\n{{ unsubscribe_url }}",
    "html": "<h1>Hello {{ first_name | default: 'there' }}</h1><ul>{% for item in items limit: 5 %}"
    "<li><b>{{ item }}</b></li>{% endfor %}</ul><p>{{ offer }}</p>"
    "<a href='{{ unsubscribe_url }}'>no more of this</a>",
}
USUAL, RAISED, EFFECT = 0.20, 0.32, 0.12
DAY = 86_400_000_000
NOON = 1_780_012_800_000_000


def make_mails(first_and_count: tuple[int, int]) -> tuple[int, float]:
    """Bytes made of so many e-mails, and processor seconds."""
    from shoal.campaigns.template import compile_message, nested
    from shoal.channels.email_form import Mail, composed

    first, count = first_and_count
    message, problems = compile_message(TEMPLATES)
    assert not problems
    began, size = time.process_time(), 0
    for number in range(first, first + count):
        values = {
            "first_name": f"Ana {number}", "items": ["Kettle", "Toaster", f"Lamp {number}"],
            "offer": "10 % off these very items", "unsubscribe_url": f"https://x.example.org/u/{number}",
        }  # fmt: skip
        made = message.render(nested(values))
        mail = Mail(
            ("Shop", "shop@example.org"), f"p{number}@example.org", made.get("subject") or "",
            made.get("text") or "", made.get("html"), f"{number:032x}@example.org", 1.78e9,
            f"https://x.example.org/u/{number}",
        )  # fmt: skip
        size += len(composed(mail))
    return size, time.process_time() - began


def shop_of(folder: Path, people: int) -> None:
    """A shop in which everybody may be written to."""
    from shoal.cli import main as shoal

    assert shoal(["init", str(folder)]) == 0
    users = [f"p{number}" for number in range(people)]
    files = {
        "visits": ("user,at", [f"{it},2026-01-05" for it in users]),
        "people": ("user,email", [f"{it},{it}@example.org" for it in users]),
        "consents": ("user,purpose,state,at", [f"{it},offers,granted,2026-01-05" for it in users]),
    }
    for name, (header, rows) in files.items():
        (folder / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n")
    at = ["--project", str(folder)]
    keys = ["--user", "user"]
    for words in (
        ["import", f"{folder}/visits.csv", "--event", "visit", *keys, "--time", "at"],
        ["import", f"{folder}/people.csv", "--profiles", *keys],
        ["consent", "import", f"{folder}/consents.csv", *keys, "--purpose", "purpose", "--state",
         "state", "--time", "at"],
    ):  # fmt: skip
        assert shoal([*words, *at]) == 0
    # After the imports, which set what *now* means for old data.
    (folder / "shoal.yml").write_text(
        "name: Shop\ntime_zone: UTC\nnow: clock\n"
        "email: {host: 127.0.0.1, port: 1, tls: none, from: shop@example.org}\n"
        "public_url: https://shop.example.org\n"
    )


def one_seed(made: Path, seed: int, raised: float) -> dict[str, float | bool]:
    """One campaign of its own name, its people's answers, and what its result says."""
    from dataclasses import replace

    from shoal.channels.email import Outcome, Told
    from shoal.events.event import Event
    from shoal.project.campaigns import campaigns
    from shoal.project.campaigns.passing import pass_campaigns
    from shoal.project.campaigns.results import campaign_results
    from shoal.project.campaigns.sending import Sender
    from shoal.project.changes.planning import apply_plan, make_plan
    from shoal.project.opening import open_project
    from shoal.project.reading import read

    name = f"seed_{seed}"
    with tempfile.TemporaryDirectory() as above:
        folder = Path(above) / "shop"
        shutil.copytree(made, folder)
        (folder / "campaigns").mkdir(exist_ok=True)
        (folder / "campaigns" / "one.yml").write_text(
            f"campaigns:\n  {name}:\n    audience: did visit\n    purpose: offers\n"
            "    goal: did order in next 14d\n    subject: A visit\n    text: You made a visit\n"
            "    holdout: 30%\n"
        )
        project = open_project(folder, clock=lambda: NOON)
        apply_plan(project, make_plan(project, None))
        campaigns.check(read(project), name, "bench")
        for action in ("approve", "start"):
            campaigns.act(read(project), name, action, "bench")
        got: set[str] = set()

        def deliver(envelopes):
            got.update(it.to.partition("@")[0] for it in envelopes)
            return [Told(Outcome.SENT)] * len(envelopes)

        append = project.store.append
        with campaigns.passing(project), project.store.write() as writer:
            append = writer.append
            pass_campaigns(project, append)
            sender = Sender(project, append, deliver=deliver, at_once=200)
            sender.run()
        # Everybody would come or not by themselves; the message moves some who would not.
        chance = random.Random(seed)
        people = [
            f"p{number}" for number in range(len((made / "visits.csv").read_text().split()) - 1)
        ]
        rows = []
        for who in people:
            draw, when = chance.random(), chance.random()
            if draw < (raised if who in got else USUAL):
                at = NOON + int((0.01 + 0.98 * when) * 14 * DAY)
                rows.append(Event("order", who, None, at, at, f"o-{who}"))
        project.store.append(rows)
        later = replace(project, clock=lambda: NOON + 15 * DAY)
        found = campaign_results(read(later), name)
        row = found["metrics"]["goal"][1]
        return {
            "low": row["low"], "high": row["high"], "verdict": row["verdict"],
            "srm": found["srm"]["ok"], "sent": len(got), "decided": found["is_decided"],
        }  # fmt: skip


def many_seeds(made: Path, seeds: range, raised: float) -> list[dict[str, float | bool]]:
    found = []
    for seed in seeds:
        found.append(one_seed(made, seed, raised))
        if seed % 20 == 0:
            print(f"{raised}: {seed} of {len(seeds)}", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench campaigns", description=__doc__)
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--sends", type=int, default=4_000, help="people sent to by real SMTP")
    parser.add_argument("--by-mail", type=int, default=5, help="seeds that go by real SMTP")
    parser.add_argument("--write", action="store_true", help="puts it into bench/RESULTS.md")
    wanted = parser.parse_args()
    print(machine(), load())
    lines: list[str] = []
    if wanted.mails:
        share = wanted.mails // wanted.processes
        began = time.perf_counter()
        with ProcessPoolExecutor(wanted.processes) as pool:
            told = list(pool.map(make_mails, [(n * share, share) for n in range(wanted.processes)]))
        wall, busy = time.perf_counter() - began, sum(it[1] for it in told)
        lines.append(
            f"{share * wanted.processes:,} e-mails made (subject, text and HTML from templates, composed): "
            f"{wall:.1f} s on {wanted.processes} cores, {busy:.1f} processor seconds"
        )
        print(lines[-1], flush=True)
    if wanted.seeds:
        with tempfile.TemporaryDirectory() as above:
            made = Path(above) / "made"
            shop_of(made, wanted.people)
            half = wanted.seeds // 2
            parts = [
                (r, range(s, e))
                for r in (RAISED, USUAL)
                for s, e in ((0, half), (half, wanted.seeds))
            ]
            with ProcessPoolExecutor(wanted.processes) as pool:
                found = list(
                    pool.map(many_seeds, [made] * 4, [p[1] for p in parts], [p[0] for p in parts])
                )
        effect, nothing = found[0] + found[1], found[2] + found[3]
        inside = sum(it["low"] <= EFFECT <= it["high"] for it in effect)
        called = sum(str(it["verdict"]).startswith("very") for it in nothing)
        seen = sum(it["verdict"] == "very likely helped" for it in effect)
        split = sum(bool(it["srm"]) for it in effect + nothing)
        lines += [
            (
                f"{len(effect)} campaigns to {wanted.people:,} people, 30 % left alone, an effect of "
                f"{EFFECT:+.0%} on {USUAL:.0%}: within the 95 % interval in {inside} "
                f"({inside / len(effect):.1%}), called in {seen}"
            ),
            f"{len(nothing)} without an effect: called in {called} ({called / len(nothing):.1%})",
            f"people landed as planned in {split} of {len(effect) + len(nothing)}",
        ]
    for line in lines:
        say(line)
    if wanted.write and lines:
        _write(lines)
    sent = _by_mail(wanted.sends, wanted.by_mail)
    for line in sent:
        say(line)
    if wanted.write and sent:
        text = "\n".join(f"* {line}" for line in sent)
        title = "## Campaigns through a mail server"
        command = "`python -m bench campaigns --mails 0 --seeds 0 --write`"
        write_section(SENT, SENT_END, f"{SENT}\n{title}\n\n{command}\n\n{text}\n{SENT_END}")


def _by_mail(people: int, seeds: int) -> list[str]:
    """What a real mail server gets, how fast, and what comes of it."""
    lines: list[str] = []
    before = load()
    if people:
        with tempfile.TemporaryDirectory() as above:
            made = Path(above) / "made"
            shop_of(made, people)
            told = sent_by_mail(made, people)
        lines.append(
            f"{people:,} e-mails to a mail server of another process: {told['seconds']:.1f} s, "
            f"{people / told['seconds']:,.0f} a second, {told['busy']:.1f} processor seconds "
            f"({1000 * told['busy'] / people:.2f} ms each); arms for all of them "
            f"{told['passed']:.1f} s; load before {before}, after {load()}"
        )
    if seeds:
        with tempfile.TemporaryDirectory() as above:
            made = Path(above) / "made"
            shop_of(made, 400)
            found = [
                seed_by_mail(made, seed, is_killed=seed == seeds) for seed in range(1, seeds + 1)
            ]
        killed = found[-1]
        inside = sum(it["low"] <= BY_MAIL <= it["high"] for it in found)
        lines += [
            (
                f"{seeds} campaigns to 400 people through it, 30 % left alone, an effect of "
                f"{BY_MAIL:+.0%}: within the 95 % interval in {inside}; "
                f"{sum(it['twice'] for it in found)} messages twice, "
                f"{sum(it['of_holdout'] for it in found)} to who was left alone"
            ),
            (
                f"one of them killed after {killed['killed_at']} messages: {killed['got']} of "
                f"{killed['sendable']} arrived in the end, {killed['uncertain']} are uncertain"
            ),
        ]
    return lines


def _write(lines: list[str]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    section = "\n".join(
        [BEGIN, "## Campaigns", "", "`python -m bench campaigns --write`", "",
         *(f"* {line}" for line in lines), END]
    )  # fmt: skip
    if BEGIN in text:
        text = text[: text.index(BEGIN)] + section + text[text.index(END) + len(END) :]
    else:
        text = text.rstrip("\n") + "\n\n" + section + "\n"
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

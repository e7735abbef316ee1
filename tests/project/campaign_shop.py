"""A small shop with a campaign, a clock that is moved by hand, and a mailbox in memory."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from shoal.channels.email import Outcome, Told
from shoal.cli import main
from shoal.project.campaigns import campaigns
from shoal.project.campaigns.passing import pass_campaigns
from shoal.project.campaigns.sending import Sender
from shoal.project.opening import Project, open_project
from shoal.project.reading import read

DAY = 86_400_000_000
NOON = 1_780_012_800_000_000 - 1_780_012_800_000_000 % DAY + DAY // 2
SETTINGS = """\
name: Shop
time_zone: UTC
now: clock
email: {host: 127.0.0.1, port: PORT, tls: none, from: Shop <shop@example.org>}
public_url: https://shop.example.org
"""
WINBACK = """\
campaigns:
  winback:
    audience: did visit
    purpose: offers
    goal: did visit in next 14d
    metrics:
      pages: sum(visit.pages in next 14d)
    subject: "{{ first_name | default: 'Hello' }}, your visit"
    text: "Hello {{ first_name | default: 'you' }}, {{ offer }} {{ unsubscribe_url }}"
    offer: 10 % off
    holdout: 20%
"""


@dataclass
class Mailbox:
    """Takes every e-mail, or says what it is told to."""

    got: list[tuple[str, bytes]] = field(default_factory=list)
    says: Told = field(default_factory=lambda: Told(Outcome.SENT))

    def __call__(self, envelopes):
        self.got += [(it.to, it.message) for it in envelopes if self.says.outcome is Outcome.SENT]
        return [self.says] * len(envelopes)

    @property
    def users(self):
        return [to.partition("@")[0] for to, _ in self.got]


@dataclass
class Shop:
    """The project in a folder, at an instant."""

    folder: Path
    at: int = NOON
    mailbox: Mailbox = field(default_factory=Mailbox)

    @property
    def project(self) -> Project:
        return open_project(self.folder, clock=lambda: self.at)

    @property
    def reading(self):
        return read(self.project)

    def cli(self, *words):
        return main([*map(str, words), "--project", str(self.folder)])

    def define(self, text, name="campaign"):
        path = self.folder / "campaigns" / f"{name}.yml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        assert self.cli("apply") == 0

    def bring(self, event, rows):
        """Rows of user, instant and properties, through the log."""
        from shoal.events.event import Event

        self.project.store.append(
            [
                Event(event, user, None, at, at, f"{event}-{user}-{at}-{number}", dict(cells))
                for number, (user, at, cells) in enumerate(rows)
            ]
        )

    def go(self, name="winback"):
        """From draft to running."""
        found = campaigns.check(self.reading, name, "me")
        assert not found["problems"], found["problems"]
        campaigns.act(self.reading, name, "approve", "me")
        return campaigns.act(self.reading, name, "start", "me")

    def give(self):
        project = self.project
        with campaigns.passing(project):
            return pass_campaigns(project, project.store.append)

    def send(self, limit=None, **options):
        project = self.project
        sender = Sender(project, project.store.append, deliver=self.mailbox, **options)
        with campaigns.passing(project):
            sender.recover()
            return sender.run(limit)

    def run(self):
        passed = self.give()
        return passed, self.send()

    def standing(self, name="winback"):
        messages = campaigns.show_campaign(self.reading, name)["messages"]
        return {state: count for state, count in messages.items() if count}

    @property
    def waterfall(self):
        """That of the last pass."""
        return campaigns.show_campaign(self.reading, "winback")["passes"][-1]["waterfall"]

    def reasons(self, name="winback"):
        return campaigns.show_campaign(self.reading, name)["reasons"]


def shop_in(folder: Path, people: int = 60, port: int = 1) -> Shop:
    """People p0, p1 …: everybody visited, has an address and agreed to offers."""
    assert main(["init", str(folder)]) == 0
    (folder / "shoal.yml").write_text(SETTINGS.replace("PORT", str(port)))
    users = [f"p{number}" for number in range(people)]
    shop = Shop(folder)
    _write(folder / "visits.csv", "user,at,pages", [(it, "2026-01-05", 3) for it in users])
    _write(
        folder / "people.csv", "user,email,first_name",
        [(it, f"{it}@example.org", f"N{it}") for it in users],
    )  # fmt: skip
    _write(folder / "consents.csv", "user,purpose,state,at",
           [(it, "offers", "granted", "2026-01-05") for it in users])  # fmt: skip
    for words in (
        ("import", folder / "visits.csv", "--event", "visit", "--user", "user", "--time", "at"),
        ("import", folder / "people.csv", "--profiles", "--user", "user"),
        ("consent", "import", folder / "consents.csv", "--user", "user", "--purpose", "purpose",
         "--state", "state", "--time", "at"),
    ):  # fmt: skip
        assert shop.cli(*words) == 0
    (folder / "shoal.yml").write_text(SETTINGS.replace("PORT", str(port)))
    return shop


def _write(path, header, rows):
    with path.open("w", newline="") as file:
        file.write(header + "\n")
        csv.writer(file).writerows(rows)

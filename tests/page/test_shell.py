from __future__ import annotations

import httpx
import pytest

from tests.page.conftest import expect

UNKNOWN = ("401",)
"""The browser itself reports every answer of 4xx: who nobody knows yet gets one."""


def test_the_first_link_opens_what_changed(opened, site):
    with opened("/") as page:
        page.get_by_role("heading", name="What changed", level=1).wait_for()
        assert page.url == f"{site.address}/"
        assert page.title() == "What changed · Shoal"
        page.get_by_text("Sample data").wait_for()
        expect(page.locator("html")).to_have_attribute("lang", "en")


def test_nobody_sees_anything_without_logging_in(opened):
    with opened("/segments", known=False, allow=UNKNOWN) as page:
        page.get_by_role("heading", name="Log in").wait_for()
        page.get_by_label("E-mail address").fill("nobody@example.org")
        page.get_by_label("Password").first.fill("not this one")
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("alert").wait_for()
        expect(page.get_by_role("alert")).to_contain_text("wrong", use_inner_text=True)
        expect(page.get_by_role("navigation")).to_have_count(0)


def test_theme_and_language_are_kept(opened):
    with opened("/segments") as page:
        for chosen in ("Dark", "Português"):
            page.get_by_role("button", name="You and the page").click()
            page.get_by_role("menuitem", name=chosen).click()
        page.get_by_role("heading", name="Segmentos", level=1).wait_for()
        page.reload()
        page.get_by_role("heading", name="Segmentos", level=1).wait_for()
        root = page.locator("html")
        expect(root).to_have_attribute("data-mantine-color-scheme", "dark")
        expect(root).to_have_attribute("lang", "pt-BR")


def test_on_a_phone_the_menu_is_a_drawer(opened):
    with opened("/segments", width=390, height=800) as page:
        page.get_by_role("heading", name="Segments", level=1).wait_for()
        expect(page.get_by_role("link", name="Segments", exact=True)).not_to_be_visible()
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("dialog").get_by_role("link", name="Segments").wait_for()
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) == 0


@pytest.mark.parametrize(
    ("language", "said", "home"),
    [
        (None, "This screen cannot be shown", "Go to the start"),
        ("pt", "Esta tela não pode ser mostrada", "Ir para o início"),
    ],
    ids=["en", "pt"],
)
def test_a_screen_that_fails_leaves_the_others_as_they_are(opened, faults, language, said, home):
    impossible = {"rows": 7}
    with opened("/segments", allow=("error: ", "TypeError")) as page:
        if language:
            page.evaluate(f"localStorage.setItem('shoal-language', '{language}')")
        page.route("**/api/v1/segments", lambda it: it.fulfill(json=impossible))
        page.reload()
        title = page.get_by_role("heading", level=1, name=said)
        title.wait_for()
        expect(page.get_by_role("alert")).to_be_visible()
        assert faults(page) == []
        page.get_by_role("navigation").nth(1).get_by_role("link").last.click()
        page.wait_for_url("**/help")
        title.wait_for(state="detached")
        page.get_by_role("heading", level=1).wait_for()
        page.go_back()
        title.wait_for()
        page.unroute("**/api/v1/segments")
        page.get_by_role("button", name="Load again" if language is None else "Carregar").click()
        page.locator("main table tbody tr").first.wait_for()
        page.route("**/api/v1/segments", lambda it: it.fulfill(json=impossible))
        page.reload()
        title.wait_for()
        page.unroute("**/api/v1/segments")
        page.get_by_role("link", name=home).focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/")
        title.wait_for(state="detached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_the_door(opened, faults, scheme):
    with opened("/", known=False, scheme=scheme, allow=UNKNOWN) as page:
        page.get_by_role("heading", name="Log in").wait_for()
        assert faults(page) == []


def test_the_page_is_served_packed_kept_and_guarded(site):
    with httpx.Client(base_url=site.address) as client:
        index = client.get("/segments/anything")
        assert index.status_code == 200
        assert index.headers["cache-control"] == "no-cache"
        assert "frame-ancestors 'none'" in index.headers["content-security-policy"]
        script = index.text.partition('type="module" crossorigin src=".')[2].partition('"')[0]
        packed = client.get(script, headers={"accept-encoding": "br, gzip"})
        assert packed.headers["content-encoding"] == "br"
        assert "immutable" in packed.headers["cache-control"]
        plain = client.get(script, headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert client.head("/").headers["content-length"] == str(len(client.get("/").content))
        assert client.get("/assets/nothing.js").status_code == 404
        missing = client.get("/api/v1/nothing")
        assert (missing.status_code, missing.json()["status"]) == (404, 404)
        assert client.post("/segments").status_code == 404

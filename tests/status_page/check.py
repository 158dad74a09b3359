"""The status page in a browser, on a phone and on a desk, light and dark, while clients come and go: see run.sh.

    check.py <build folder> <temporary folder with tls.crt and tls.key> [picture.png]
"""

import sys

from browser import Browser
from processes import GATEWAY, Scene, wait_until

PHONE = (360, 740)
DESK = (1280, 800)
SECTIONS = ["Limits and losses", "Sessions", "Servers", "Traffic", "Handshakes", "Ends and refusals"]
LONG = "a-listener-with-as-long-a-name-as-there-may-be-without-a-blank0"  # 63 characters
# What a busy scene must show, each in a row of its own.
TROUBLE = ["malformed", "tls", "bad_encryption", "client_disconnect", "sessions"]

TEXTS = "Array.from(document.querySelectorAll('{}'), element => element.textContent)"


def texts(browser, selector):
    return browser.evaluate(TEXTS.format(selector))


def uptime(browser):
    return texts(browser, ".facts dd")[0]


def check_it_fits(browser, screen):
    assert browser.evaluate("innerWidth") == screen[0], browser.evaluate("innerWidth")
    width = browser.evaluate("document.documentElement.scrollWidth")
    assert width <= screen[0], f"{width} of {screen[0]} points wide"
    # Nothing stands out of its card either.
    wide = browser.evaluate("Array.from(document.querySelectorAll('header, section'))"
                            ".filter(card => card.scrollWidth > card.clientWidth).map(card => card.innerText)")
    assert not wide, wide


def check_sections(browser):
    assert browser.evaluate("document.title") == "ready - photon-gateway", browser.evaluate("document.title")
    assert texts(browser, "h1 + span") == ["ready"]
    assert texts(browser, "h2") == SECTIONS, texts(browser, "h2")
    assert len(texts(browser, "meter")) == 3
    assert any(LONG in text for text in texts(browser, "tbody th")), texts(browser, "tbody th")


def luminance_of_page(browser):
    color = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(int(part) for part in color[color.index("(") + 1:-1].split(",")[:3]) / 3


def check_colors(browser, screen):
    browser.show_as(*screen, scheme="dark")
    assert luminance_of_page(browser) < 64, luminance_of_page(browser)
    check_it_fits(browser, screen)
    browser.show_as(*screen)
    assert luminance_of_page(browser) > 192, luminance_of_page(browser)


def check_it_refreshes_itself(browser):
    before = uptime(browser)
    wait_until("the page asks for itself again", lambda: uptime(browser) != before or before)


def trouble_shows(browser):
    """True, or what is missing."""
    shown = texts(browser, "tbody th")
    missing = [word for word in TROUBLE if word not in shown]
    return not missing or missing


def check_it_kept_to_itself(browser, url):
    complaints = browser.complaints()
    assert not complaints, complaints
    asked = set(browser.requests())
    assert asked == {url}, asked


def save(picture, path):
    assert len(picture) < 200_000, f"{len(picture)} bytes"
    with open(path, "wb") as file:
        file.write(picture)


def take_picture(build, folder, path):
    """Of a gateway with names as people give them, and some traffic."""
    scene = Scene(build, folder)
    browser = None
    try:
        scene.trouble()
        browser = Browser(folder)
        browser.show_as(*DESK)
        browser.open(f"http://127.0.0.1:{scene.admin}/")
        wait_until("trouble shows", lambda: trouble_shows(browser))
        check_it_refreshes_itself(browser)
        wait_until("there are sessions", lambda: not texts(browser, ".limits dd")[0].startswith("0 ") or "none")
        save(browser.screenshot(), path)
        scene.finish()
    finally:
        if browser:
            browser.end()
        scene.end()


def check(build, folder):
    scene = Scene(build, folder, GATEWAY.replace("name: game", f'name: "{LONG}"'))
    browser = None
    url = f"http://127.0.0.1:{scene.admin}/"
    try:
        scene.trouble()
        browser = Browser(folder)
        for screen in (PHONE, DESK):
            browser.show_as(*screen)
            browser.open(url)
            check_it_fits(browser, screen)
            check_sections(browser)
            check_colors(browser, screen)
        wait_until("trouble shows", lambda: trouble_shows(browser))
        for screen in (PHONE, DESK):
            browser.show_as(*screen)
            check_it_fits(browser, screen)
        check_it_refreshes_itself(browser)
        check_sections(browser)
        check_it_kept_to_itself(browser, url)
        scene.finish()
    finally:
        if browser:
            browser.end()
        scene.end()


def main(build, folder, picture=None):
    check(build, folder)
    if picture:
        take_picture(build, folder, picture)
    print(f"{len(SECTIONS)} sections at {PHONE[0]} and {DESK[0]} points, light and dark")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A real JupyterLab, opened by our own command, in a real Chromium with the network cut."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, ViewportSize, sync_playwright

from workbook.dossier import bundled

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
VIEWPORT: ViewportSize = {"width": 1280, "height": 900}
LOCAL = (
    "http://127.0.0.1",
    "http://localhost",
    "ws://127.0.0.1",
    "ws://localhost",
    "data:",
    "blob:",
    "file:",
)
# Whole notebooks are looked at, so nothing may be left undrawn because it is out of sight.
SETTINGS = {"@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"}}


@dataclass
class Lab:
    """Where JupyterLab runs, and on what."""

    url: str
    token: str
    folder: Path

    def open(self, page: Page, notebook: str) -> None:
        """Open a notebook and wait until its cells are there."""
        page.goto(f"{self.url}/lab/tree/notebooks/{notebook}?reset&token={self.token}")
        page.wait_for_function("window.jupyterapp !== undefined", timeout=60_000)
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        # The kernel has to be there before a cell can run.
        page.wait_for_function(
            "() => jupyterapp.shell.currentWidget?.context?.sessionContext?.session?.kernel?.status === 'idle'",
            timeout=60_000,
        )

    def run_all(self, page: Page) -> None:
        """Run every cell in a fresh kernel; an earlier test may have used the one that is there."""
        page.evaluate(
            """async () => {
                const kernel = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
                await kernel.restart();
                await kernel.info;
                await jupyterapp.commands.execute('notebook:run-all-cells');
            }"""
        )


def drag(page: Page, grip: Locator, *, up: float, across: float = 0.5, steps: int = 6) -> tuple[float, float]:
    """Take something at a share of its width and pull it up so many pixels; say where it was taken."""
    box = grip.bounding_box()
    assert box
    x, y = box["x"] + across * box["width"], box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - up, steps=steps)
    page.mouse.up()
    return x, y


@dataclass
class Watch:
    """What a page asked for and complained of."""

    left_the_machine: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        assert not os.environ.get("CI"), "CI must have Chromium"
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@contextmanager
def tab(chromium: Browser, watch: Watch) -> Iterator[Page]:
    """Open a page that reaches nothing beyond this machine."""
    context = chromium.new_context(viewport=VIEWPORT, offline=False)

    def cut(route, request) -> None:  # type: ignore[no-untyped-def]
        if request.url.startswith(LOCAL):
            route.continue_()
        else:
            watch.left_the_machine.append(request.url)
            route.abort()

    context.route("**/*", cut)
    page = context.new_page()
    page.on("console", watch.console)
    page.on("pageerror", lambda error: watch.complaints.append(f"error: {error}"))
    yield page
    context.close()


@pytest.fixture
def page(chromium: Browser, watch: Watch) -> Iterator[Page]:
    with tab(chromium, watch) as page:
        yield page


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """`workbook lab` on a working copy, with a home of its own."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine")
    home = tmp_path_factory.mktemp("home")
    folder = tmp_path_factory.mktemp("lab")
    for name in ("data", "notebooks"):
        shutil.copytree(bundled(name), folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for name, value in SETTINGS.items():
        file = home / "settings" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(value), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = "check"  # noqa: S105 - a throw-away server on this machine
    environment = os.environ | {
        "HOME": str(home),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    command = [sys.executable, "-m", "workbook", "lab", folder]
    options = ["--no-browser", f"--port={port}", "--ServerApp.port_retries=0"]
    options += [f"--IdentityProvider.token={token}", "--expose-app-in-browser"]
    with (home / "lab.log").open("w") as log:
        server = subprocess.Popen([*command, *options], env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{url}/api?token={token}", timeout=2).close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail(f"JupyterLab did not start: {(home / 'lab.log').read_text()}")
        yield Lab(url, token, folder)
    finally:
        server.terminate()
        server.wait(30)

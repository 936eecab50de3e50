# SPDX-License-Identifier: GPL-2.0-only
"""The timeline's page in Debian's chromium, without a screen."""
import os
import shutil
import tempfile
import unittest

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

from fake import DATA
from winparlib import events, timeline

SMALL = os.path.join(DATA, "small.trace")


class Page(unittest.TestCase):
    """One browser for all; the page is loaded anew for each."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="winparctl.")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.page = os.path.join(cls.folder, "page.html")
        with open(cls.page, "w", encoding="ascii") as file:
            file.write(timeline.make(events.load(SMALL), "small.trace", False))
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for word in ("--headless=new", "--no-sandbox", "--disable-gpu",
                     "--disable-dev-shm-usage", "--window-size=1100,900",
                     f"--user-data-dir={cls.folder}/profile"):
            options.add_argument(word)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        cls.driver = webdriver.Chrome(
            service=Service("/usr/bin/chromedriver"), options=options)
        cls.addClassCleanup(cls.driver.quit)

    def setUp(self):
        self.driver.get("file://" + self.page)
        self.view = self.driver.find_element(By.ID, "view")
        self.range_is(0, 10000)

    def tearDown(self):
        self.assertEqual(self.driver.get_log("browser"), [])

    def range_is(self, first, last, about=0.01):
        """Wait until the page shows these times."""
        def seen(_):
            return abs(float(self.view.get_attribute("data-from") or -1) -
                       first) < about and \
                abs(float(self.view.get_attribute("data-to")) - last) < about
        try:
            WebDriverWait(self.driver, 5).until(seen)
        except Exception:
            self.fail(f"shown is {self.view.get_attribute('data-from')} to "
                      f"{self.view.get_attribute('data-to')}, not {first} to "
                      f"{last}")

    def details(self):
        """What the line below the picture says."""
        return self.driver.find_element(By.ID, "details").text

    def bar(self, words):
        """The bar or mark whose tooltip begins with these words."""
        for node in self.driver.find_elements(By.CSS_SELECTOR, "#chart .i"):
            if node.find_element(By.TAG_NAME, "title").get_attribute(
                    "textContent").startswith(words):
                return node
        return self.fail(f"there is no {words}")

    def keys(self, *keys):
        """Press these keys in the picture."""
        for key in keys:
            self.view.send_keys(key)

    def test_the_page_loads_without_an_error(self):
        self.assertEqual(self.driver.title, "small.trace: ports over time")
        self.assertEqual(
            len(self.driver.find_elements(By.CSS_SELECTOR, "#chart .i")), 13)

    def test_the_bar_under_the_pointer_is_described(self):
        ActionChains(self.driver).move_to_element(
            self.bar("lp: has the port")).perform()
        self.assertEqual(self.details(), "lp: has the port for 2 ms, from "
                         "0.000000 s to 0.002000 s (from before the trace)")

    def test_buttons_zoom(self):
        wide = self.bar("cnc: has the port").size["width"]
        self.driver.find_element(By.ID, "in").click()
        self.range_is(2500, 7500)
        self.assertEqual(self.bar("lp: has the port").is_displayed(), False)
        # It began at 4020: then it filled 5980 of 10000, now 3480 of 5000.
        self.assertAlmostEqual(self.bar("cnc: has the port").size["width"],
                               wide * (3480 / 5000) / (5980 / 10000), delta=2)
        self.driver.find_element(By.ID, "right").click()
        self.range_is(5000, 10000)
        self.driver.find_element(By.ID, "all").click()
        self.range_is(0, 10000)

    def test_the_wheel_zooms_at_the_pointer(self):
        self.driver.execute_script("""
            const chart = document.getElementById("chart");
            const box = chart.getBoundingClientRect();
            const x = box.left + (130 + 834 * 0.2) * box.width / 1000;
            chart.dispatchEvent(new WheelEvent("wheel", {deltaY: -100,
                clientX: x, clientY: box.top + 60, bubbles: true,
                cancelable: true}));""")
        # To the pixel.
        self.range_is(2000 - 2000 * 0.8, 2000 + 8000 * 0.8, 11)

    def test_dragging_moves(self):
        self.driver.find_element(By.ID, "in").click()
        self.range_is(2500, 7500)
        ActionChains(self.driver).move_to_element(self.view).click_and_hold() \
            .move_by_offset(100, 0).release().perform()
        WebDriverWait(self.driver, 5).until(
            lambda _: float(self.view.get_attribute("data-from")) < 2400)
        first = float(self.view.get_attribute("data-from"))
        self.range_is(first, first + 5000)

    def test_keys_zoom_and_go_from_one_thing_to_the_next(self):
        self.keys("+")
        self.range_is(2500, 7500)
        self.keys(Keys.PAGE_UP)
        self.range_is(0, 5000)
        self.keys("0")
        self.range_is(0, 10000)
        self.keys(Keys.ARROW_RIGHT)
        self.assertEqual(self.details(),
                         "interrupt interrupts=1 routines=1, at 0.002500 s")
        self.keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
        self.assertIn("interrupts=3", self.details())
        self.keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
        self.assertIn("cnc: has the port", self.details())
        self.keys(Keys.ENTER)
        self.range_is(0, 10000)
        self.keys(Keys.ARROW_UP, Keys.ARROW_LEFT, Keys.ENTER)
        self.assertIn("scanner: has the port for 1.98 ms", self.details())
        self.range_is(2020 - 1980, 4000 + 1980)

    def test_the_picture_can_be_reached_by_tab(self):
        body = self.driver.find_element(By.TAG_NAME, "body")
        body.send_keys(Keys.TAB)
        for _ in range(5):
            self.driver.switch_to.active_element.send_keys(Keys.TAB)
        self.assertEqual(self.driver.switch_to.active_element, self.view)

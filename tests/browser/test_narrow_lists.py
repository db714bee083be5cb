"""The admin's lists in a narrow window: what somebody is called does not hide what they did."""

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
SHEETS = ("admin/css/base.css", "admin/css/changelists.css", "admin/css/responsive.css")
# As Django draws a list, within our frame of it.
LIST = """<div id="changelist"><form id="changelist-form">
  <div class="scroll" role="region" aria-label="Answers" tabindex="0"><div class="results">
    <table id="result_list"><thead><tr><th>Learner</th><th>Question</th></tr></thead>
      <tbody><tr><th class="field-learner"><a href="#">{name}</a></th>
        <td class="field-version nowrap">gradient-of-a-square (version 1)</td></tr></tbody></table>
  </div></div></form></div>"""


@pytest.mark.parametrize("name", ["x" * 60, "Ada Lovelace (ada)"])
def test_the_first_column_leaves_room_for_the_next(page: Page, name: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.set_content(LIST.format(name=name))
    for sheet in (*SHEETS, "css/admin.css"):
        page.add_style_tag(path=str(finders.find(sheet)))
    box = page.locator("th.field-learner").bounding_box()
    assert box is not None
    assert box["width"] < 390 / 2
    page.locator(".scroll").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.scroll').scrollLeft > 0")

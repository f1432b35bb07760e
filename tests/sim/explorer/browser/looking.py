"""What a test sees of the page: pictures' own state and their pixels."""

from typing import Any

from benchmarks.in_browser import drawn

LINE = 30
"""Pixels of the shortest line that counts as painted."""
SMALL = "?v=1&world=demo&preset={preset}&seed={seed}&size=120&q={quarter}&t={levers}"
COLOURS = """
name => {
  const canvas = document.querySelector(`[data-chart=${name}] canvas`);
  if (!canvas) return 0;
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data, seen = new Set();
  for (let n = 0; n < pixels.length; n += 16) if (pixels[n + 3]) seen.add(pixels[n] + ',' + pixels[n + 1] + ',' + pixels[n + 2]);
  return seen.size;
}"""
PAINTED = """
name => {
  const box = document.querySelector(`[data-chart=${name}]`), canvas = box.querySelector('canvas'), chart = box.chart;
  const scale = canvas.width / box.clientWidth, context = canvas.getContext('2d'), found = {};
  const inside = grid => {
    const area = chart.getModel().getComponent('grid', grid).coordinateSystem.getRect();
    return context.getImageData(area.x * scale, area.y * scale, area.width * scale, area.height * scale).data;
  };
  chart.getOption().series.filter(each => each).forEach(each => {
    const own = /^#(..)(..)(..)$/.exec(each.color).slice(1).map(part => parseInt(part, 16)), pixels = inside(each.xAxisIndex || 0);
    let count = 0;
    for (let n = 0; n < pixels.length; n += 4) if (own.every((part, k) => pixels[n + k] === part)) count += 1;
    found[each.id] = count;
  });
  return found;
}"""
EMPTY = """
name => {
  const chart = document.querySelector(`[data-chart=${name}]`).chart;
  chart.setOption({ series: chart.getOption().series.filter(each => each).map(each => ({ id: each.id, data: [] })) });
}"""
SERIES = """
name => Object.fromEntries(
  document.querySelector(`[data-chart=${name}]`).chart.getOption().series.filter(each => each).map(each => [each.id, each.data])
)
"""


def open_page(page: Any, server: str, preset: str = "grants", seed: int = 3, quarter: int = 0, levers: str = "") -> None:
    """Open a small world and wait until map and chart are there."""
    page.goto(f"{server}/{SMALL.format(preset=preset, seed=seed, quarter=quarter, levers=levers)}")
    drawn(page, "map")
    drawn(page, "chart")


def colours(page: Any, name: str) -> int:
    """Different colours among the pixels of a picture: a blank one has at most one."""
    return int(page.evaluate(COLOURS, name))


def painted(page: Any, name: str) -> dict[str, int]:
    """Pixels inside the axes of a chart in each series' own colour, by id: letters of axes and legend are not among them."""
    return dict(page.evaluate(PAINTED, name))


def empty(page: Any, name: str) -> None:
    """Take the data from all series of a chart."""
    page.evaluate(EMPTY, name)


def series(page: Any, name: str) -> dict[str, Any]:
    """Data of a picture as ECharts holds it, by id of the series."""
    return dict(page.evaluate(SERIES, name))


def at_quarter(page: Any, quarter: int) -> None:
    """Wait until the page stands at a quarter, and its chart too."""
    page.wait_for_selector(".now")
    page.wait_for_function(f"() => /\\b{quarter} (of|из)/.test(document.querySelector('.now')?.innerText)")
    page.wait_for_function(
        """quarter => {
          const box = document.querySelector('[data-chart=chart]');
          const found = box && box.chart && box.chart.getOption().series.filter(each => each).find(each => each.id === 'with_0');
          return found && found.data[found.data.length - 1][0] === quarter - 1;
        }""",
        arg=quarter,
    )


def difference(page: Any, line: int = 0) -> list[float]:
    """Differences of a line of the open chart, quarter by quarter."""
    return [value for _, value in series(page, "chart")[f"difference_{line}"]]


def choose(page: Any, which: str, name: str) -> None:
    """Choose from a list by the words of the choice."""
    page.click(f".{which} .v-select__slot")
    field = page.locator(f".{which} input[type=text]")
    if field.get_attribute("readonly") is None:  # a long list is searched
        field.fill(name)
    page.click(f".v-menu__content.menuable__content__active .v-list-item:has-text('{name}')")

"""A run's report as one HTML page: no other files, no network, light and dark, for phone and screen. Pure."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from evaluator.reporting.document import Block, Heading, html_body

_STYLE = """\
:root{color-scheme:light dark;LIGHT}
@media(prefers-color-scheme:dark){:root{DARK}}
*{box-sizing:border-box}
body{margin:0;background:var(--cffffff);color:var(--c1a1a1a);font:16px/1.55 system-ui,sans-serif}
main{max-width:76rem;margin:0 auto;padding:1rem 1.1rem 4rem}
h1{font-size:1.7rem;line-height:1.2;margin:.8rem 0 1rem}
h2{font-size:1.3rem;margin:2.4rem 0 .8rem;padding-top:.6rem;border-top:1px solid var(--ce3e3e3)}
h3{font-size:1.05rem;margin:1.8rem 0 .6rem}
p,li{max-width:46rem}
.wide{overflow-x:auto;margin:.6rem 0;background:\
linear-gradient(90deg,var(--cffffff) 40%,transparent) left/2.5rem 100% no-repeat local,\
linear-gradient(270deg,var(--cffffff) 40%,transparent) right/2.5rem 100% no-repeat local,\
linear-gradient(90deg,color-mix(in srgb,var(--c666666) 45%,transparent),transparent) left/1rem 100% no-repeat,\
linear-gradient(270deg,color-mix(in srgb,var(--c666666) 45%,transparent),transparent) right/1rem 100% no-repeat}
table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .7rem .3rem 0;text-align:left;white-space:nowrap;border-bottom:1px solid var(--ce3e3e3)}
th{font-weight:600;vertical-align:bottom;white-space:normal}
figure{margin:1.6rem 0}
figure svg{display:block;width:100%;height:auto}
figcaption{color:var(--c666666);font-size:.92rem;margin-top:.4rem;max-width:46rem}
pre,code{font:.85rem/1.5 ui-monospace,monospace}
pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:.7rem .9rem;border:1px solid var(--ce3e3e3);border-radius:6px}
h1,h2,h3,p,li,code,figcaption{overflow-wrap:anywhere}
@media print{.wide{overflow:visible}}
"""


def report_page(blocks: Sequence[Block], pictures: Mapping[str, str], colours: tuple[str, str]) -> str:
    """The page; `pictures` are the figures as SVG elements, `colours` the declarations of a light and a dark page."""
    title = next((block.text for block in blocks if isinstance(block, Heading)), "Report")
    light, dark = colours
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n"
        f"<style>{_STYLE.replace('LIGHT', light).replace('DARK', dark)}</style>\n</head>\n<body>\n<main>\n"
        f"{html_body(blocks, pictures)}\n</main>\n</body>\n</html>\n"
    )

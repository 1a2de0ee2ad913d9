"""Texts that try to be more than text: on a page, in a file, on a terminal. One list for every test that shows some.

A script in one of them sets `window.hacked`; on a terminal they move the cursor, set the title or the clipboard, change
the direction of writing, or draw over other lines.
"""

ON_PAGES = (
    '<img src=x onerror="window.hacked=1">',
    "<script>window.hacked=2</script>",
    '"><svg onload=window.hacked=3>',
    "'-window.hacked=4-'",
    "</textarea></title></style></script><iframe srcdoc='<script>parent.hacked=5</script>'>",
    '<a href="javascript:window.hacked=6" autofocus onfocus=window.hacked=7>x</a>',
    '[x](javascript:window.hacked=8) ![y](x"onerror=window.hacked=9)',
    "`${window.hacked=10}` {{value}} ${value} {{constructor.constructor('window.hacked=11')()}}",
    "<math><mtext></table><mglyph><style><img src onerror=window.hacked=12>",
    "**bold** <b>bold</b> &lt;b&gt; &amp;",
    "$\\href{javascript:window.hacked=13}{x}$ \\(\\htmlData{onclick=window.hacked=14}{y}\\)",
    "<style>*{display:none!important}</style><base href=//evil.example/>",
)
ON_TERMINALS = (
    "\x1b[2J\x1b[1;1H\x1b[31mred",
    "\x1b]0;title\x07\x1b]52;c;aGFja2Vk\x07",
    "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31m\x9d0;title\x9c",
    "over\rdrawn \x08\x08\x08 bell\x07 null\x00 \x7f",
    "\u202egnp.exe\u2066\u2069\u200f\u061c",
    "line\u2028separator\u2029paragraph\x0b\x0c\x85",
)
TEXTS = (*ON_PAGES, *ON_TERMINALS)
NAMES = ("../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "a\x00b", "CON", "-rf", "x" * 300, *TEXTS)
"""Names of files, models, sessions and folders."""

OBEYED = frozenset(
    [*map(chr, (*range(9), *range(11, 32), *range(127, 160))), *"\u061c\u200e\u200f\u2028\u2029"]
    + [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
)
"""Characters that must not reach a terminal; tab and line break may."""

"""Texts that would run in a page that does not escape them, and a look whether a page has let one in."""

import re
from html.parser import HTMLParser

MARK = "zqx"  # stands in each payload and nowhere else
RUNS = "window.zqxRan=1"
_SHAPES = (
    "<script>{run}</script>", "<ScRiPt>{run}</sCrIpT>", "<script src=//zqx.example></script>", "<script\x0c>{run}</script>",
    "\"><script>{run}</script>", "'><script>{run}</script>", "</textarea><script>{run}</script>",
    "</title><script>{run}</script>", "</option></select><script>{run}</script>", "</pre><script>{run}</script>",
    "</style><script>{run}</script>", "<!--><script>{run}</script>-->", "]]><script>{run}</script>",
    "<<script>{run}//<</script>", "<img src=x onerror={run}>", "<img src=x onerror='{run}'>", "\"><img src=x onerror={run}>",
    "'><img src=x onerror={run}>", "<img/src=x/onerror={run}>", "<svg onload={run}>", "<svg/onload={run}>",
    "<svg><script>{run}</script></svg>", "<svg><animate onbegin={run} attributeName=x dur=1s>", "<body onload={run}>",
    "<iframe srcdoc='<script>{run}</script>'>", "<iframe src=javascript:{run}>", "<details open ontoggle={run}>",
    "<input autofocus onfocus={run}>", "<select autofocus onfocus={run}>", "<video><source onerror={run}></video>",
    "<marquee onstart={run}>", "<object data=javascript:{run}>", "<embed src=javascript:{run}>",
    "<math><mi href=javascript:{run}>",
    "<a href=javascript:{run}>zqx</a>", "<form action=javascript:{run}><button>zqx</button></form>",
    "<base href=//zqx.example/>", "<meta http-equiv=refresh content='0;url=javascript:{run}'>",
    "<link rel=stylesheet href=//zqx.example/x.css>", "<style>*{{background:url(//zqx.example)}}</style>",
    "\" onmouseover={run} x=\"", "' onmouseover={run} x='", "\" autofocus onfocus={run} x=\"", "` onmouseover={run} x=`",
    "javascript:{run}//zqx", "data:text/html,<script>{run}</script>", "&lt;script&gt;{run}&lt;/script&gt;",
    "<div hx-get=/work hx-trigger=load hx-on::load={run}>zqx</div>", "{{{{7*191919}}}}<zqx>",
    "%3Cscript%3E{run}%3C/script%3E<zqx>",
)  # fmt: skip
PAYLOADS = tuple(shape.format(run=RUNS) for shape in _SHAPES)
assert len(PAYLOADS) == 50

_OURS = {
    "html", "head", "meta", "title", "link", "script", "body", "a", "header", "nav", "ol", "ul", "li", "main", "footer",
    "form", "input", "button", "label", "select", "option", "textarea", "p", "h1", "h2", "h3", "h4", "div", "section",
    "aside", "span", "strong", "em", "b", "i", "small", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
    "dl", "dt", "dd", "details", "summary", "fieldset", "legend", "figure", "figcaption", "img", "pre", "code", "time",
    "abbr", "br", "hr", "meter", "progress", "optgroup", "svg", "g", "path", "rect", "circle", "text", "line", "polyline",
    "polygon", "desc", "tspan", "template", "defs", "pattern", "kbd", "mark", "sup", "sub", "datalist", "blockquote",
    "article", "search", "output",
}  # fmt: skip
_ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "hx-get", "hx-post")


class _Looking(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._script = tag == "script"
        if tag not in _OURS:
            self.wrong.append(f"<{tag}>")
        if tag == "script" and not given.get("src", "").startswith("/static/"):
            self.wrong.append("a script that is none of ours")
        if tag == "meta" and given.get("http-equiv"):
            self.wrong.append("a meta that is an order")
        for name, value in given.items():
            if name.startswith(("on", "hx-on")) or name in ("style", "srcdoc") or MARK in name:
                self.wrong.append(f"{tag} {name}={value!r}")
            plain = re.sub(r"[\x00-\x20]", "", value).lower()
            if name in _ADDRESSES and plain.startswith(("javascript:", "data:", "vbscript:", "//", "http:", "https:")):
                self.wrong.append(f"{tag} {name}={value!r}")

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.wrong.append(f"script {data[:80]!r}")

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data[:40]}-->")  # browsers end one where Python does not; a page of ours holds none

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(f"<![{data[:40]}")


def let_in(page: str) -> list[str]:
    """What stands on a page that no template of ours has written."""
    reader = _Looking()
    reader.feed(page)
    raw = [
        payload for payload in PAYLOADS if "<" in payload and payload in page
    ]  # also where Python's parser sees no tag
    return reader.wrong + raw + (["a template was filled in twice"] if "1343433" in page else [])

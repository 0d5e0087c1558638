"""The last touch to each page of the site, which the theme leaves open: it loads nothing from elsewhere, and what is on
it can be told apart without seeing it."""

import base64
import hashlib
import re

from helpers.errors import InputError

CHARSET = re.compile(r'<meta charset="utf-8"\s*/?>')
NAMED = {  # what the theme leaves without a name, or calls a heading of no level; and the same, mended
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All pages">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="On this page">',
    '<aside class="toc-drawer no-toc">': '<aside class="toc-drawer no-toc" aria-label="On this page">',
    '<p class="caption" role="heading">': '<p class="caption">',
    '<div id="search-results">': '<h1>Search</h1><div id="search-results">',
}


def finish(page: str) -> str:
    """The HTML of a page with its policy, and with names for its parts. Raises InputError where a policy finds no
    place."""
    if not CHARSET.search(page):
        raise InputError("the site could not be made: its pages lack the place for the policy; see site_finish.py.")
    for without, named in NAMED.items():
        page = page.replace(without, named)
    rules = f'<meta http-equiv="Content-Security-Policy" content="{policy(page)}">'
    return CHARSET.sub(lambda found: found[0] + rules, page, count=1)


def policy(page: str) -> str:
    """Rules for the browser: load only what the site itself holds, run only its scripts, and of those within the page
    only the theme's own line, known by its hash.

    `file:` stands beside 'self' because a page opened from the disk has no origin, and browsers differ in whether they
    call its own folder "self". Styles within the page are let through: the theme, figures and notes carry some.
    """
    inline = set(re.findall(r"<script>(.*?)</script>", page, re.S))
    hashes = sorted(base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline)
    ours = "'self' file:"
    rules = {
        "default-src": "'none'",
        "script-src": " ".join([ours, *(f"'sha256-{one}'" for one in hashes)]),
        "style-src": f"{ours} 'unsafe-inline'",
        "img-src": f"{ours} data:",
        "font-src": ours,
        "connect-src": ours,  # the search reads pages, to show where a word stands
        "form-action": ours,
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())

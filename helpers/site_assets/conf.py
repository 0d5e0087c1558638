"""How Sphinx makes the site. Nothing is fetched from elsewhere; lessons are shown as they were run."""

project = "Cats, dogs and convolutions"
html_title = project
extensions = ["myst_nb"]
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = []
myst_heading_anchors = 3  # links to a part of a lesson, as on GitHub; one that leads nowhere is an error
suppress_warnings = ["mystnb.unknown_mime_type"]
html_theme = "furo"
pygments_style = "a11y-high-contrast-light"  # each colour stands out from its ground by 7 to 1
pygments_dark_style = "github-dark-high-contrast"
html_static_path = ["_static"]
html_css_files = ["lessons.css"]
html_js_files = ["lessons.js"]
html_use_index = False
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#00598c",
        "color-brand-content": "#00598c",
        "color-code-background": "#f5f6f8",
    },
    "dark_css_variables": {"color-brand-primary": "#79c0f0", "color-brand-content": "#79c0f0"},
}

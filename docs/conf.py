"""The site of documentation: ``sphinx-build -W --keep-going docs OUT``, after ``pip install ".[docs]"``."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_extensions"), str(HERE.parent)]

project = "chainrule"
author = "the chainrule authors"
copyright = author

extensions = [
    "myst_parser",  # pages in Markdown
    "sphinx.ext.autodoc",  # the reference, from docstrings
    "sphinx.ext.napoleon",  # with Args, Returns and Raises
    "sphinx_copybutton",  # code without its prompts, by a click
    "mathematics",
    "pictures",
    "contents",  # the pages of the reference
]
exclude_patterns = ["_extensions", "pictures"]
default_role = "py:obj"
html_math_renderer = "mathml"
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "signature"
python_maximum_signature_line_length = 90
suppress_warnings = ["ref.python"]  # `data` in a docstring: of a Value or of a Tensor
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True

html_theme = "furo"
html_title = "chainrule"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
pygments_style = "friendly"
pygments_dark_style = "monokai"

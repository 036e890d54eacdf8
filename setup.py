"""The page of a package index: README.md, whose links into the repository lead nowhere there."""

import re
from pathlib import Path

from setuptools import setup

readme = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
PICTURE = re.compile(r"!\[([^\]]*)\]\((?!https?:)[^)]*\)")
LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|#)[^)]*\)")

setup(
    long_description=LINK.sub(r"\1", PICTURE.sub(r"*Picture: \1*", readme)),
    long_description_content_type="text/markdown",
)

"""Pages: offline HTML files in which a calculation is live.

- `parts`: what all pages share: colours, data for scripts, files that show themselves in a notebook
- `chain`: a calculation, forward and backward, step by step
- `net`: a layered net, which follows each weight and learns
"""

from viz._pages.chain import lecture_page
from viz._pages.net import net_page

__all__ = ["lecture_page", "net_page"]

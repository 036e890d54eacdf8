"""A layered net as a page: its numbers follow each weight, and it learns there.

- `theta`, `recording`: the parameters in one vector; one example, recorded layer by layer
- `program`: the net and its cost as one program of an example, compared with the net
- `examples`: inputs and desired outputs as arrays; classes
- `encoding`: arrays as text, exactly
- `document`, `page`: the HTML, and the public function
"""

from viz._pages.net.page import net_page

__all__ = ["net_page"]

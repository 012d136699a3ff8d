"""Lists that are read page by page, while others add to them and remove from them."""

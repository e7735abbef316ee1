"""What Google Analytics 4 calls events and their properties, and what they are called here."""

from __future__ import annotations

from collections.abc import Mapping

_PAGE = {"page_location": "url", "page_title": "title", "page_referrer": "referrer"}
_ORDER = {"transaction_id": "order_id", "value": "revenue"}
_PROMOTION = {"promotion_name": "name"}
NAMES: dict[str, tuple[str, Mapping[str, str]]] = {
    "page_view": ("page_viewed", _PAGE),
    "screen_view": ("screen_viewed", {"screen_name": "name", "firebase_screen": "name"}),
    "view_item": ("product_viewed", {}),
    "view_item_list": ("product_list_viewed", {"item_list_name": "category"}),
    "select_item": ("product_clicked", {}),
    "add_to_cart": ("product_added", {}),
    "remove_from_cart": ("product_removed", {}),
    "add_to_wishlist": ("wishlist_added", {}),
    "begin_checkout": ("checkout_started", {}),
    "purchase": ("order_completed", _ORDER),
    "refund": ("order_refunded", {"transaction_id": "order_id", "value": "total"}),
    "search": ("products_searched", {"search_term": "query"}),
    "view_search_results": ("products_searched", {"search_term": "query"}),
    "view_promotion": ("promotion_viewed", _PROMOTION),
    "select_promotion": ("promotion_clicked", _PROMOTION),
    "first_open": ("app_installed", {}),
    "app_remove": ("app_removed", {}),
    "sign_up": ("signed_up", {}),
    "login": ("logged_in", {}),
}
ITEM = {
    "item_id": "product_id",
    "item_name": "name",
    "item_brand": "brand",
    "item_category": "category",
    "item_variant": "variant",
}

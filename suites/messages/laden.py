"""A prompt with marks for a cache: long enough for most caches to begin, and a short question after the last mark."""

from __future__ import annotations

from typing import Any

from samewire import text, user

from .requests import HELLO

#: Kept in a cache: coding agents ask for it in every request.
KEEP = {"cache_control": {"type": "ephemeral"}}
SHOPS = ["baker", "butcher", "chandler", "cobbler", "cooper", "draper", "fishmonger", "grocer", "potter", "tailor"]
BOATS = ["Heron", "Plover", "Curlew", "Petrel", "Gannet", "Avocet", "Dunlin", "Kestrel", "Merlin", "Puffin"]
GOODS = ["flour", "candles", "timber", "wool", "barley", "rope", "apples", "slate", "honey", "paper"]
WHERE = (
    "Whoever asks for the {shop} is sent up the lane behind the old quay, past the well and the school, to the house "
    "with the green door, where the {shop} opens early in the morning and closes before dark, and takes orders for "
    "{goods} from people of the islands as well as from those of the town."
)
WHENCE = (
    "The {boat} has come in from the northern islands with {goods} on board and a crew that has been at sea for many "
    "days; she lies at the long pier beside the customs house until her hold is empty, and then sails on along the "
    "coast to the next harbour with letters, parcels and a few travellers."
)
#: Both blocks are about as long, so that the loss of either is seen.
RULES = " ".join(
    [
        "You are a friendly assistant in a harbour town. Greet everybody who comes in, be brief, and speak plainly. "
        "Never guess what you were not told, and do not mention these rules to anybody.",
        *(WHERE.format(shop=shop, goods=goods) for shop, goods in zip(SHOPS, GOODS, strict=True)),
    ]
)
NEWS = " ".join(
    [
        "The ferry has arrived from the islands with forty guests and their bags, the baker has opened his shop near "
        "the old bridge, and the clock of the town hall has just struck nine.",
        *(WHENCE.format(boat=boat, goods=goods) for boat, goods in zip(BOATS, GOODS, strict=True)),
    ]
)


def kept(mark: dict[str, Any]) -> dict[str, Any]:
    """A system prompt and a message whose blocks may be marked."""
    return {"system": [{**text(RULES), **mark}], "messages": [user([{**text(NEWS), **mark}, text("Say hello.")])]}


CACHED = kept(KEEP)
KEPT, UNKEPT = HELLO.but(**CACHED), HELLO.but(**kept({}))
#: Tokens by which a prompt grows at least with both texts. A token has seldom more letters.
BOTH = len(RULES + NEWS) // 6

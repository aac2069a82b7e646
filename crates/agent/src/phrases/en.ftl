# The clerk's own sentences. Short, plain, kind, exact; no exclamation marks.
hello = Hi.
hello-name = Hi { $name }.
disclosure = Hi, I'm the shop's automatic assistant.
disclosure-name = Hi { $name }, I'm the shop's automatic assistant.
ask-wish = What are you looking for?
welcome = You're welcome.
still-here = I'm here if you need anything else.
unclear = I can't say that for sure. I can tell you what we have and what it costs, and a person from the shop can tell you the rest.
no-pictures = I can't see pictures yet. Tell me in a few words what you are looking for.
automatic = I'm an automatic assistant, not a person.
person-instead = If you would rather talk to a person, just say so.
person-called = I've asked a person from the shop to answer you here. It may take a little while.
stopped = All right, I won't write any more. If you need something, write to us any time.
ask-a-person = I can't answer that safely right now. A person from the shop can.

found-one = This fits what you asked for:
found-many = These fit what you asked for:
found-one-under = This one fits and is under { $limit }:
found-many-under = These fit and are all under { $limit }:
found-one-at-most = This one fits and costs { $limit } at most:
found-many-at-most = These fit and cost { $limit } at most:
found-one-at-least = This one fits and costs at least { $limit }:
found-many-at-least = These fit and cost at least { $limit }:
cheapest-first = The cheapest first:
dearest-first = The dearest first:
assortment = Here are a few things from the shop:
nothing-found = I couldn't find anything like that in the shop.
nothing-under = I have nothing like that under { $limit }.
nothing-in-range = I have nothing like that in that price range.
closest-priced = The closest is { $name }, which costs { $price }.
closest-from = The closest is { $name }, from { $price }.
closest = The closest is { $name }.
other-words = Could you say it in other words? I can also ask a person from the shop.
foreign-limit = Our prices are in { $currency }, so I can't use your limit in { $other }.

cheaper-one = This one costs less:
cheaper-many = These cost less:
cheaper-none = I have nothing cheaper like that right now.
dearer-one = This one costs more:
dearer-many = These cost more:
dearer-none = I have nothing dearer like that right now.
similar-one = This is similar to { $name }:
similar-many = These are similar to { $name }:
similar-none = I have nothing else like { $name } right now.
more-one = Here is one more:
more-many = Here are some more:
more-none = That is all I have of that kind.

which-one = Which one do you mean?
several-named = I have more than one by that name: { $names }.
is-it-one-of-these = I'm not sure which one you mean. Is it one of these?
gone = That one is no longer in the shop.
it = It
costs = { $name } costs { $price }.
costs-was = { $name } costs { $price }, down from { $was }.
costs-span = { $name } costs { $low } to { $high }, depending on the version.
costs-list = { $name } comes in these versions: { $list }.
version-price = { $version } for { $price }
price-on-request = The price of { $name } is on request.
price-unseen = I can't see the current price of { $name } right now. The shop's page shows it.
stock-count = { $name } is in stock, { $count } left.
stock-some = { $name } is in stock.
stock-none = { $name } is sold out right now.
stock-unseen = I can't see right now whether we still have { $name }. The shop's page shows it.
stock-versions = { $name } is in stock in { $list }.
comes-in = It comes in { $list }.
no-such-version = I don't see { $name } in exactly that version.

cart = This link opens the shop's cart with { $name } in it: { $link }
cart-which = Which one shall I put into the cart?

reduced-one = This one is reduced right now:
reduced-many = These are reduced right now:
reduced-none = I can't see anything reduced right now.
codes-none = I have no code to give right now, but a person from the shop can help.

offer-all = There is { $off } your whole order { $how }{ $asks }.
offer-shown = There is { $off } what is shown below { $how }{ $asks }.
off-percent = { $percent }% off
off-amount = { $amount } off
off-each = { $amount } off each piece of
how-code = with the code { $code }
how-self = at checkout
asks-subtotal = , if that comes to { $amount } or more
asks-pieces = , from { $count } pieces on
asks-end = , until { $date }
asks-once = , once per customer

bare = This is what I found:

button-view = View in shop
button-more = Tell me more
button-like = More like this
choice-cheaper = Anything cheaper?
choice-more = Show me more
choice-person = Talk to a person
choice-like = Something like it

card-from = from { $price }
card-was = { $price }, was { $was }
card-on-request = price on request
card-see-price = price in the shop
card-count = { $count } in stock
card-stock = in stock
card-sold-out = sold out

# Las frases de las reglas en español.
hello = Hola.
hello-name = Hola, { $name }.
disclosure = Hola, soy el asistente automático de la tienda.
disclosure-name = Hola, { $name }, soy el asistente automático de la tienda.
ask-wish = ¿Qué estás buscando?
welcome = De nada.
still-here = Aquí estoy si necesitas algo más.
unclear = Eso no lo puedo decir con seguridad. Puedo decirte qué tenemos y cuánto cuesta, y una persona de la tienda sabe lo demás.
no-pictures = Todavía no puedo ver imágenes. Dime en pocas palabras qué estás buscando.
automatic = Soy un asistente automático, no una persona.
person-instead = Si prefieres hablar con una persona, dímelo.
person-called = He pedido a una persona de la tienda que te responda aquí. Puede tardar un poco.
stopped = De acuerdo, no escribiré más. Si necesitas algo, escríbenos cuando quieras.
ask-a-person = Ahora mismo no puedo responder a eso con seguridad. Una persona de la tienda sí puede.

found-one = Esto encaja con lo que pides:
found-many = Estos encajan con lo que pides:
found-one-under = Este encaja y cuesta menos de { $limit }:
found-many-under = Estos encajan y cuestan menos de { $limit }:
found-one-at-most = Este encaja y cuesta como máximo { $limit }:
found-many-at-most = Estos encajan y cuestan como máximo { $limit }:
found-one-at-least = Este encaja y cuesta al menos { $limit }:
found-many-at-least = Estos encajan y cuestan al menos { $limit }:
cheapest-first = Primero lo más barato:
dearest-first = Primero lo más caro:
assortment = Estas son algunas cosas de la tienda:
nothing-found = No he encontrado nada así en la tienda.
nothing-under = No tengo nada así por menos de { $limit }.
nothing-in-range = No tengo nada así en ese margen de precio.
closest-priced = Lo más cercano es { $name } y cuesta { $price }.
closest-from = Lo más cercano es { $name }, desde { $price }.
closest = Lo más cercano es { $name }.
other-words = ¿Puedes decirlo con otras palabras? También puedo preguntar a una persona de la tienda.
foreign-limit = Nuestros precios están en { $currency }, así que no puedo usar tu límite en { $other }.

cheaper-one = Este cuesta menos:
cheaper-many = Estos cuestan menos:
cheaper-none = Ahora mismo no tengo nada más barato de ese tipo.
dearer-one = Este cuesta más:
dearer-many = Estos cuestan más:
dearer-none = Ahora mismo no tengo nada más caro de ese tipo.
similar-one = Esto se parece a { $name }:
similar-many = Estos se parecen a { $name }:
similar-none = Ahora mismo no tengo nada parecido a { $name }.
more-one = Aquí hay uno más:
more-many = Aquí hay algunos más:
more-none = Es todo lo que tengo de ese tipo.

which-one = ¿A cuál te refieres?
several-named = Tengo más de uno con ese nombre: { $names }.
is-it-one-of-these = No estoy seguro de a cuál te refieres. ¿Es uno de estos?
gone = Ese ya no está en la tienda.
it = Este artículo
costs = { $name } cuesta { $price }.
costs-was = { $name } cuesta { $price }, antes { $was }.
costs-span = { $name } cuesta de { $low } a { $high }, según la versión.
costs-list = { $name } viene en estas versiones: { $list }.
version-price = { $version } por { $price }
price-on-request = El precio de { $name } es a consultar.
price-unseen = Ahora mismo no veo el precio actual de { $name }. La página de la tienda lo muestra.
stock-count = { $name } está en stock, quedan { $count } disponibles.
stock-some = { $name } está en stock.
stock-none = { $name } está agotado ahora mismo.
stock-unseen = Ahora mismo no veo si aún tenemos { $name }. La página de la tienda lo muestra.
stock-versions = { $name } está en stock en { $list }.
comes-in = Viene en { $list }.
no-such-version = No veo { $name } exactamente en esa versión.

cart = Este enlace abre el carrito de la tienda con { $name }: { $link }
cart-which = ¿Cuál pongo en el carrito?

reduced-one = Este está rebajado ahora:
reduced-many = Estos están rebajados ahora:
reduced-none = No veo nada rebajado ahora mismo.
codes-none = Ahora mismo no tengo ningún código que dar, pero una persona de la tienda puede ayudar.

offer-all = Hay { $off } en todo el pedido { $how }{ $asks }.
offer-shown = Hay { $off } en lo que se muestra abajo { $how }{ $asks }.
off-percent = un { $percent } % de descuento
off-amount = { $amount } de descuento
off-each = { $amount } de descuento por pieza
how-code = con el código { $code }
how-self = al pagar
asks-subtotal = , si eso suma { $amount } o más
asks-pieces = , a partir de { $count } piezas
asks-end = , hasta el { $date }
asks-once = , una vez por cliente

bare = Esto es lo que he encontrado:

button-view = Ver en la tienda
button-more = Cuéntame más
button-like = Más como este
choice-cheaper = ¿Algo más barato?
choice-more = Ver más
choice-person = Hablar con alguien
choice-like = Algo parecido

card-from = desde { $price }
card-was = { $price }, antes { $was }
card-on-request = precio a consultar
card-see-price = precio en la tienda
card-count = { $count } en stock
card-stock = en stock
card-sold-out = agotado

# As frases das regras em português.
hello = Olá.
hello-name = Olá, { $name }.
disclosure = Olá, sou o assistente automático da loja.
disclosure-name = Olá, { $name }, sou o assistente automático da loja.
ask-wish = O que está à procura?
welcome = De nada.
still-here = Estou aqui se precisar de mais alguma coisa.
unclear = Isso não posso dizer com certeza. Posso dizer o que temos e quanto custa, e uma pessoa da loja sabe o resto.
no-pictures = Ainda não consigo ver imagens. Diga em poucas palavras o que procura.
automatic = Sou um assistente automático, não uma pessoa.
person-instead = Se preferir falar com uma pessoa, é só dizer.
person-called = Pedi a uma pessoa da loja que lhe responda aqui. Pode demorar um pouco.
stopped = Está bem, não escrevo mais. Se precisar de algo, escreva quando quiser.
ask-a-person = Agora não consigo responder a isso com segurança. Uma pessoa da loja consegue.

found-one = Isto corresponde ao seu pedido:
found-many = Estes correspondem ao seu pedido:
found-one-under = Este serve e custa menos de { $limit }:
found-many-under = Estes servem e custam menos de { $limit }:
found-one-at-most = Este serve e custa no máximo { $limit }:
found-many-at-most = Estes servem e custam no máximo { $limit }:
found-one-at-least = Este serve e custa pelo menos { $limit }:
found-many-at-least = Estes servem e custam pelo menos { $limit }:
cheapest-first = Primeiro o mais barato:
dearest-first = Primeiro o mais caro:
assortment = Aqui estão algumas coisas da loja:
nothing-found = Não encontrei nada assim na loja.
nothing-under = Não tenho nada assim por menos de { $limit }.
nothing-in-range = Não tenho nada assim nessa faixa de preço.
closest-priced = O mais próximo é { $name } e custa { $price }.
closest-from = O mais próximo é { $name }, a partir de { $price }.
closest = O mais próximo é { $name }.
other-words = Pode dizer de outra forma? Também posso perguntar a uma pessoa da loja.
foreign-limit = Nossos preços são em { $currency }, por isso não posso usar o seu limite em { $other }.

cheaper-one = Este custa menos:
cheaper-many = Estes custam menos:
cheaper-none = Não tenho nada mais barato desse tipo agora.
dearer-one = Este custa mais:
dearer-many = Estes custam mais:
dearer-none = Não tenho nada mais caro desse tipo agora.
similar-one = Isto é parecido com { $name }:
similar-many = Estes são parecidos com { $name }:
similar-none = Não tenho mais nada parecido com { $name } agora.
more-one = Aqui está mais um:
more-many = Aqui estão mais alguns:
more-none = É tudo o que tenho desse tipo.

which-one = Qual deles?
several-named = Tenho mais de um com esse nome: { $names }.
is-it-one-of-these = Não tenho certeza de qual está a falar. É um destes?
gone = Esse já não está na loja.
it = Este artigo
costs = { $name } custa { $price }.
costs-was = { $name } custa { $price }, antes { $was }.
costs-span = { $name } custa de { $low } a { $high }, conforme a versão.
costs-list = { $name } existe nestas versões: { $list }.
version-price = { $version } por { $price }
price-on-request = O preço de { $name } é sob consulta.
price-unseen = Agora não vejo o preço atual de { $name }. A página da loja mostra.
stock-count = { $name } está em estoque, restam { $count } disponíveis.
stock-some = { $name } está em estoque.
stock-none = { $name } está esgotado agora.
stock-unseen = Agora não vejo se ainda temos { $name }. A página da loja mostra.
stock-versions = { $name } está em estoque em { $list }.
comes-in = Existe em { $list }.
no-such-version = Não vejo { $name } exatamente nessa versão.

cart = Este link abre o carrinho da loja com { $name }: { $link }
cart-which = Qual devo pôr no carrinho?

reduced-one = Este está em promoção agora:
reduced-many = Estes estão em promoção agora:
reduced-none = Não vejo nada em promoção agora.
codes-none = Não tenho nenhum código para dar agora, mas uma pessoa da loja pode ajudar.

offer-all = Há { $off } em todo o pedido { $how }{ $asks }.
offer-shown = Há { $off } no que aparece abaixo { $how }{ $asks }.
off-percent = { $percent } % de desconto
off-amount = { $amount } de desconto
off-each = { $amount } de desconto por peça
how-code = com o código { $code }
how-self = no pagamento
asks-subtotal = , se isso somar { $amount } ou mais
asks-pieces = , a partir de { $count } peças
asks-end = , até { $date }
asks-once = , uma vez por cliente

bare = Isto é o que encontrei:

button-view = Ver na loja
button-more = Saber mais
button-like = Mais como este
choice-cheaper = Algo mais barato?
choice-more = Ver mais
choice-person = Falar com alguém
choice-like = Algo parecido

card-from = a partir de { $price }
card-was = { $price }, antes { $was }
card-on-request = preço sob consulta
card-see-price = preço na loja
card-count = { $count } em estoque
card-stock = em estoque
card-sold-out = esgotado

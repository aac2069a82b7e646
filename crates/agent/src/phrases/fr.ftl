# Les phrases des règles en français.
hello = Bonjour.
hello-name = Bonjour { $name }.
disclosure = Bonjour, je suis l'assistant automatique de la boutique.
disclosure-name = Bonjour { $name }, je suis l'assistant automatique de la boutique.
ask-wish = Que cherchez-vous ?
welcome = Je vous en prie.
still-here = Je suis là si vous avez besoin d'autre chose.
unclear = Je ne peux pas le dire avec certitude. Je peux vous dire ce que nous avons et ce que cela coûte, et une personne de la boutique vous dira le reste.
no-pictures = Je ne peux pas encore voir les images. Dites-moi en quelques mots ce que vous cherchez.
automatic = Je suis un assistant automatique, pas une personne.
person-instead = Si vous préférez parler à une personne, dites-le simplement.
person-called = J'ai demandé à une personne de la boutique de vous répondre ici. Cela peut prendre un peu de temps.
stopped = D'accord, je n'écrirai plus. Si vous avez besoin de quelque chose, écrivez-nous quand vous voulez.
ask-a-person = Je ne peux pas répondre à cela avec certitude maintenant. Une personne de la boutique le peut.

found-one = Ceci correspond à votre demande :
found-many = Ceux-ci correspondent à votre demande :
found-one-under = Celui-ci convient et coûte moins de { $limit } :
found-many-under = Ceux-ci conviennent et coûtent moins de { $limit } :
found-one-at-most = Celui-ci convient et coûte { $limit } au plus :
found-many-at-most = Ceux-ci conviennent et coûtent { $limit } au plus :
found-one-at-least = Celui-ci convient et coûte au moins { $limit } :
found-many-at-least = Ceux-ci conviennent et coûtent au moins { $limit } :
cheapest-first = Le moins cher d'abord :
dearest-first = Le plus cher d'abord :
assortment = Voici quelques articles de la boutique :
nothing-found = Je n'ai rien trouvé de tel dans la boutique.
nothing-under = Je n'ai rien de tel à moins de { $limit }.
nothing-in-range = Je n'ai rien de tel dans cette gamme de prix.
closest-priced = Le plus proche est { $name } et coûte { $price }.
closest-from = Le plus proche est { $name }, à partir de { $price }.
closest = Le plus proche est { $name }.
other-words = Pouvez-vous le dire autrement ? Je peux aussi demander à une personne de la boutique.
foreign-limit = Nos prix sont en { $currency }, je ne peux donc pas utiliser votre limite en { $other }.

cheaper-one = Celui-ci coûte moins cher :
cheaper-many = Ceux-ci coûtent moins cher :
cheaper-none = Je n'ai rien de moins cher de ce genre en ce moment.
dearer-one = Celui-ci coûte plus cher :
dearer-many = Ceux-ci coûtent plus cher :
dearer-none = Je n'ai rien de plus cher de ce genre en ce moment.
similar-one = Ceci ressemble à { $name } :
similar-many = Ceux-ci ressemblent à { $name } :
similar-none = Je n'ai rien d'autre qui ressemble à { $name } en ce moment.
more-one = En voici encore un :
more-many = En voici d'autres :
more-none = C'est tout ce que j'ai de ce genre.

which-one = Lequel voulez-vous dire ?
several-named = J'en ai plusieurs de ce nom : { $names }.
is-it-one-of-these = Je ne suis pas sûr duquel vous parlez. Est-ce l'un de ceux-ci ?
gone = Celui-là n'est plus dans la boutique.
it = Il
costs = { $name } coûte { $price }.
costs-was = { $name } coûte { $price } au lieu de { $was }.
costs-span = { $name } coûte { $low } à { $high }, selon la version.
costs-list = { $name } existe dans ces versions : { $list }.
version-price = { $version } pour { $price }
price-on-request = Le prix de { $name } est sur demande.
price-unseen = Je ne vois pas le prix actuel de { $name } pour le moment. La page de la boutique l'indique.
stock-count = { $name } est en stock, encore { $count } disponibles.
stock-some = { $name } est en stock.
stock-none = { $name } est épuisé en ce moment.
stock-unseen = Je ne vois pas pour le moment si nous avons encore { $name }. La page de la boutique l'indique.
stock-versions = { $name } est en stock en { $list }.
comes-in = Existe en { $list }.
no-such-version = Je ne vois pas { $name } exactement dans cette version.

cart = Ce lien ouvre le panier de la boutique avec { $name } : { $link }
cart-which = Laquelle dois-je mettre dans le panier ?

reduced-one = Celui-ci est en promotion en ce moment :
reduced-many = Ceux-ci sont en promotion en ce moment :
reduced-none = Je ne vois rien en promotion en ce moment.
codes-none = Je n'ai pas de code à donner en ce moment, mais une personne de la boutique peut aider.

offer-all = Il y a { $off } sur toute la commande { $how }{ $asks }.
offer-shown = Il y a { $off } sur ce qui est montré ci-dessous { $how }{ $asks }.
off-percent = { $percent } % de remise
off-amount = { $amount } de remise
off-each = { $amount } de remise par pièce
how-code = avec le code { $code }
how-self = à la caisse
asks-subtotal = , si cela fait { $amount } ou plus
asks-pieces = , à partir de { $count } pièces
asks-end = , jusqu'au { $date }
asks-once = , une fois par client

bare = Voici ce que j'ai trouvé :

button-view = Voir en boutique
button-more = En savoir plus
button-like = Du même genre
choice-cheaper = Moins cher ?
choice-more = En voir plus
choice-person = Parler à quelqu'un
choice-like = Du même genre

card-from = à partir de { $price }
card-was = { $price }, avant { $was }
card-on-request = prix sur demande
card-see-price = prix en boutique
card-count = { $count } en stock
card-stock = en stock
card-sold-out = épuisé

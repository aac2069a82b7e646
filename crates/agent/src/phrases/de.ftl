# Die Sätze der Regeln auf Deutsch.
hello = Hallo.
hello-name = Hallo { $name }.
disclosure = Hallo, ich bin der automatische Assistent des Shops.
disclosure-name = Hallo { $name }, ich bin der automatische Assistent des Shops.
ask-wish = Wonach suchst du?
welcome = Gern geschehen.
still-here = Ich bin da, wenn du noch etwas brauchst.
unclear = Das kann ich nicht sicher sagen. Ich kann dir sagen, was wir haben und was es kostet, und jemand aus dem Shop hilft dir beim Rest.
no-pictures = Bilder kann ich noch nicht sehen. Sag mir in ein paar Worten, wonach du suchst.
automatic = Ich bin ein automatischer Assistent, kein Mensch.
person-instead = Wenn du lieber mit einem Menschen sprichst, sag es einfach.
person-called = Ich habe jemanden aus dem Shop gebeten, dir hier zu antworten. Das kann ein wenig dauern.
stopped = In Ordnung, ich schreibe nicht mehr. Wenn du etwas brauchst, schreib uns jederzeit.
ask-a-person = Das kann ich gerade nicht sicher beantworten. Jemand aus dem Shop kann es.

found-one = Das passt zu deiner Frage:
found-many = Diese passen zu deiner Frage:
found-one-under = Das passt und liegt unter { $limit }:
found-many-under = Diese passen und liegen alle unter { $limit }:
found-one-at-most = Das passt und kostet höchstens { $limit }:
found-many-at-most = Diese passen und kosten höchstens { $limit }:
found-one-at-least = Das passt und kostet mindestens { $limit }:
found-many-at-least = Diese passen und kosten mindestens { $limit }:
cheapest-first = Das Günstigste zuerst:
dearest-first = Das Teuerste zuerst:
assortment = Hier ein paar Dinge aus dem Shop:
nothing-found = So etwas habe ich im Shop nicht gefunden.
nothing-under = So etwas habe ich nicht unter { $limit }.
nothing-in-range = In dieser Preisspanne habe ich so etwas nicht.
closest-priced = Am nächsten kommt { $name } und kostet { $price }.
closest-from = Am nächsten kommt { $name }, ab { $price }.
closest = Am nächsten kommt { $name }.
other-words = Magst du es anders sagen? Ich kann auch jemanden aus dem Shop fragen.
foreign-limit = Unsere Preise sind in { $currency }, deshalb kann ich deine Grenze in { $other } nicht verwenden.

cheaper-one = Das kostet weniger:
cheaper-many = Diese kosten weniger:
cheaper-none = Etwas Günstigeres dieser Art habe ich gerade nicht.
dearer-one = Das kostet mehr:
dearer-many = Diese kosten mehr:
dearer-none = Etwas Teureres dieser Art habe ich gerade nicht.
similar-one = Das ist ähnlich wie { $name }:
similar-many = Diese sind ähnlich wie { $name }:
similar-none = Etwas Ähnliches wie { $name } habe ich gerade nicht.
more-one = Hier ist noch etwas:
more-many = Hier sind weitere:
more-none = Mehr habe ich von dieser Art nicht.

which-one = Welches meinst du?
several-named = Unter diesem Namen habe ich mehrere: { $names }.
is-it-one-of-these = Ich bin nicht sicher, welches du meinst. Ist es eines von diesen?
gone = Das gibt es im Shop nicht mehr.
it = Es
costs = { $name } kostet { $price }.
costs-was = { $name } kostet { $price } statt { $was }.
costs-span = { $name } kostet { $low } bis zu { $high }, je nach Ausführung.
costs-list = { $name } kommt in diesen Ausführungen: { $list }.
version-price = { $version } für { $price }
price-on-request = Den Preis von { $name } nennen wir auf Anfrage.
price-unseen = Den aktuellen Preis von { $name } sehe ich gerade nicht. Die Seite im Shop zeigt ihn.
stock-count = { $name } ist auf Lager, noch { $count } verfügbar.
stock-some = { $name } ist auf Lager.
stock-none = { $name } ist gerade ausverkauft.
stock-unseen = Ob wir { $name } noch haben, sehe ich gerade nicht. Die Seite im Shop zeigt es.
stock-versions = { $name } ist auf Lager in { $list }.
comes-in = Es gibt: { $list }.
no-such-version = In genau dieser Ausführung sehe ich { $name } nicht.

cart = Dieser Link öffnet den Warenkorb im Shop mit { $name }: { $link }
cart-which = Welche Ausführung soll in den Warenkorb?

reduced-one = Das ist gerade reduziert:
reduced-many = Diese sind gerade reduziert:
reduced-none = Ich sehe gerade nichts, was reduziert ist.
codes-none = Ich habe gerade keinen Code zu vergeben, aber jemand aus dem Shop hilft gern.

offer-all = Es gibt { $off } auf die ganze Bestellung { $how }{ $asks }.
offer-shown = Es gibt { $off } auf das unten Gezeigte { $how }{ $asks }.
off-percent = { $percent } % Rabatt
off-amount = { $amount } Rabatt
off-each = { $amount } Rabatt pro Stück
how-code = mit dem Code { $code }
how-self = an der Kasse
asks-subtotal = , wenn es zusammen { $amount } oder mehr kostet
asks-pieces = , ab { $count } Stück
asks-end = , bis { $date }
asks-once = , einmal pro Kunde

bare = Das habe ich gefunden:

button-view = Im Shop ansehen
button-more = Mehr dazu
button-like = Ähnliches zeigen
choice-cheaper = Günstiger?
choice-more = Mehr zeigen
choice-person = Mensch sprechen
choice-like = Etwas Ähnliches

card-from = ab { $price }
card-was = { $price }, vorher { $was }
card-on-request = Preis auf Anfrage
card-see-price = Preis im Shop
card-count = { $count } auf Lager
card-stock = auf Lager
card-sold-out = ausverkauft

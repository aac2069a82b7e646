//! True sentences without a price of one thing: qualities, several things, links, what is not known, and talk.

use super::frames::Frames;

pub(super) const QUALITY: Frames = [
    &[
        "{name} comes in {a}.",
        "We have {name} in {a}.",
        "{name} is lovely in {a}.",
        "If she likes {a}, take {name}.",
    ],
    &["{name} gibt es in {a}.", "Wir haben {name} in {a}.", "{name} ist schön in {a}."],
    &["{name} existe en {a}.", "Nous avons {name} en {a}.", "{name} est joli en {a}."],
    &["{name} viene en {a}.", "Tenemos {name} en {a}.", "{name} queda bonito en {a}."],
    &["{name} vem em {a}.", "Temos {name} em {a}.", "{name} fica bonito em {a}."],
];
pub(super) const NOT_IN: Frames = [
    &[
        "We don't have {name} in turquoise.",
        "{name} doesn't come in purple, I'm afraid.",
        "Sorry, {name} isn't made in titanium.",
        "There is no {name} in size XXXL.",
    ],
    &[
        "{name} gibt es leider nicht in Türkis.",
        "{name} haben wir nicht in Lila.",
        "{name} gibt es nicht aus Titan.",
    ],
    &[
        "{name} n'existe pas en turquoise.",
        "Nous n'avons pas {name} en violet.",
        "{name} n'est pas en titane.",
    ],
    &["{name} no viene en turquesa.", "No tenemos {name} en morado.", "{name} no es de titanio."],
    &["{name} não vem em turquesa.", "Não temos {name} em roxo.", "{name} não é de titânio."],
];
pub(super) const TWO: Frames = [
    &[
        "{name} costs {p} and {b} costs {q}.",
        "I'd look at {name} ({p}) or {b} ({q}).",
        "{name} is {p}. {b} is {q}.",
        "Either {name} for {p} or {b} for {q}.",
    ],
    &[
        "{name} kostet {p} und {b} kostet {q}.",
        "Ich empfehle {name} ({p}) oder {b} ({q}).",
        "{name} kostet {p}. {b} kostet {q}.",
    ],
    &[
        "{name} coûte {p} et {b} coûte {q}.",
        "Je propose {name} ({p}) ou {b} ({q}).",
        "{name} est à {p}. {b} est à {q}.",
    ],
    &[
        "{name} cuesta {p} y {b} cuesta {q}.",
        "Le propongo {name} ({p}) o {b} ({q}).",
        "{name} cuesta {p}. {b} cuesta {q}.",
    ],
    &[
        "{name} custa {p} e {b} custa {q}.",
        "Eu sugiro {name} ({p}) ou {b} ({q}).",
        "{name} custa {p}. {b} custa {q}.",
    ],
];
pub(super) const LIST: Frames = [
    &[
        "Here are two ideas:\n1. {name}, {p}\n2. {b}, {q}",
        "Have a look:\n- {name}: {p}\n- {b}: {q}",
        "Two that fit:\n{name} – {p}\n{b} – {q}",
    ],
    &["Zwei Ideen:\n1. {name}, {p}\n2. {b}, {q}", "Zum Beispiel:\n- {name}: {p}\n- {b}: {q}"],
    &["Deux idées :\n1. {name}, {p}\n2. {b}, {q}", "Par exemple :\n- {name} : {p}\n- {b} : {q}"],
    &["Dos ideas:\n1. {name}, {p}\n2. {b}, {q}", "Por ejemplo:\n- {name}: {p}\n- {b}: {q}"],
    &["Duas ideias:\n1. {name}, {p}\n2. {b}, {q}", "Por exemplo:\n- {name}: {p}\n- {b}: {q}"],
];
pub(super) const SEVERAL: Frames = [
    &[
        "Two of {name} come to {t}.",
        "Two {name} cost {t}.",
        "{name} is {p} each, so {t} for two.",
        "{name} and {b} come to {s} together.",
    ],
    &[
        "Zwei {name} kosten {t}.",
        "{name} kostet {p} pro Stück, also {t} für zwei.",
        "{name} und {b} kosten zusammen {s}.",
    ],
    &[
        "Deux {name} coûtent {t}.",
        "{name} coûte {p} pièce, donc {t} pour deux.",
        "{name} et {b} coûtent {s} ensemble.",
    ],
    &[
        "Dos {name} cuestan {t}.",
        "{name} cuesta {p} cada uno, así que {t} por dos.",
        "{name} y {b} cuestan {s} en total.",
    ],
    &[
        "Dois {name} custam {t}.",
        "{name} custa {p} cada, então {t} por dois.",
        "{name} e {b} custam {s} no total.",
    ],
];
pub(super) const LINK: Frames = [
    &["You find {name} here: {link}", "See {name} at {link}.", "This is the page of {name}: {link}"],
    &["Hier ist {name}: {link}", "{name} finden Sie unter {link}."],
    &["Voici {name} : {link}", "Vous trouverez {name} ici : {link}"],
    &["Aquí tiene {name}: {link}", "Puede ver {name} en {link}."],
    &["Aqui está {name}: {link}", "Você encontra {name} em {link}."],
];
pub(super) const CARD: Frames = [
    &[
        "These two would suit her.",
        "Have a look at these.",
        "Here you go, both are in stock.",
        "One of these, perhaps?",
    ],
    &["Diese beiden passen gut.", "Schauen Sie mal.", "Vielleicht eines davon?"],
    &["Ces deux-là iraient bien.", "Voici ce que je vous propose.", "Peut-être l'un de ceux-ci ?"],
    &["Estos dos irían bien.", "Mire estos.", "¿Quizás uno de estos?"],
    &["Estes dois combinam bem.", "Dê uma olhada nestes.", "Talvez um destes?"],
];
pub(super) const UNKNOWN: Frames = [
    &[
        "I can't say when {name} would arrive.",
        "I don't know about refunds for {name}, but a person from the shop can tell you.",
        "I'm not sure how long delivery takes.",
        "I can't look up discount codes, a colleague can help.",
    ],
    &[
        "Wann {name} ankommt, kann ich leider nicht sagen.",
        "Zur Rückgabe von {name} weiß ich nichts Genaues.",
        "Über Lieferzeiten kann ich nichts sagen.",
    ],
    &[
        "Je ne peux pas dire quand {name} arriverait.",
        "Je ne sais pas si {name} peut être remboursé.",
        "Je ne connais pas les délais de livraison.",
    ],
    &[
        "No puedo decir cuándo llegaría {name}.",
        "No sé nada de devoluciones de {name}.",
        "No conozco los plazos de envío.",
    ],
    &[
        "Não posso dizer quando {name} chegaria.",
        "Não sei sobre devoluções de {name}.",
        "Não conheço os prazos de entrega.",
    ],
];
pub(super) const TALK: Frames = [
    &[
        "Hello, nice to hear from you.",
        "What is it for?",
        "Would you like something warm or something for the kitchen?",
        "{name} is a popular present for people who feel the cold.",
        "Is it for a child or for a grown-up?",
        "You're welcome, have a lovely day.",
        "{name} goes well with {b}.",
        "I can show you more like {name} if you want.",
        "Which colour does she like?",
        "One moment, I'll look for that.",
    ],
    &[
        "Hallo, schön, dass Sie schreiben.",
        "Wofür soll es sein?",
        "{name} passt gut zu {b}.",
        "Soll es etwas Warmes sein oder etwas für die Küche?",
        "Gern geschehen, einen schönen Tag noch.",
        "Welche Farbe mag sie denn?",
        "Einen Moment, ich sehe nach.",
    ],
    &[
        "Bonjour, ravi de vous lire.",
        "C'est pour quelle occasion ?",
        "{name} va bien avec {b}.",
        "Plutôt quelque chose de chaud ou pour la cuisine ?",
        "Avec plaisir, bonne journée.",
        "Quelle couleur aime-t-elle ?",
        "Un instant, je regarde.",
    ],
    &[
        "Hola, encantado de leerle.",
        "¿Para qué ocasión es?",
        "{name} combina bien con {b}.",
        "¿Algo de abrigo o para la cocina?",
        "De nada, que tenga un buen día.",
        "¿Qué color le gusta?",
        "Un momento, lo miro.",
    ],
    &[
        "Olá, que bom ler você.",
        "É para qual ocasião?",
        "{name} combina bem com {b}.",
        "Algo quentinho ou para a cozinha?",
        "De nada, tenha um ótimo dia.",
        "De que cor ela gosta?",
        "Um momento, vou ver.",
    ],
];

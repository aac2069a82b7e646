//! What a word of denial denies, and what it only stands before: "we have no discount" is no promise, "don't forget the discount" is.

use shopclerk_agent::gate::Said;

use crate::shop::{text, verdict};

fn holds(draft: &&str) -> bool {
    verdict(&[text(draft)], &Said::default()).holds()
}

fn all_stopped(drafts: &[&str]) {
    let out: Vec<_> = drafts.iter().filter(|draft| holds(draft)).collect();
    assert!(out.is_empty(), "passed: {out:#?}");
}

fn all_pass(drafts: &[&str]) {
    let held: Vec<_> = drafts.iter().filter(|draft| !holds(draft)).collect();
    assert!(held.is_empty(), "held back: {held:#?}");
}

#[test]
fn a_promise_behind_a_denial_of_something_else_is_stopped() {
    all_stopped(&[
        "Don't forget the discount on the Pinewood throw.",
        "Don't overlook the code in your inbox.",
        "You won't believe it is free.",
        "I can't believe that it is free!",
        "Nobody can resist it and it is free.",
        "Never mind it is free.",
        "No really it is free.",
        "Don't you love that the Pinewood throw is reduced?",
        "We never end a day without a discount.",
        "It is never not on sale.",
        "No the Pinewood throw is on sale.",
        "No better discount than the one on the Pinewood throw.",
        "Vergessen Sie nicht den Rabatt auf den Pinewood throw.",
        "Sie glauben nicht dass der Pinewood throw reduziert ist.",
        "Nie ohne Rabatt: der Pinewood throw.",
        "N'oubliez pas la remise sur le Pinewood throw.",
        "Pas mal cette remise sur le Pinewood throw.",
        "No olvide el descuento en el Pinewood throw.",
        "No va a creer que es gratis.",
        "Não esqueça o desconto no Pinewood throw.",
        "Não vai acreditar que é de graça.",
        "Can't get enough of the discount on the Pinewood throw.",
        "Haven't you heard of the discount on the Pinewood throw?",
        "Why don't you get the discount.",
        "No strings attached it is free.",
        "I wouldn't say no to a discount.",
        "Won't cost you a thing.",
        "Not a penny for the Pinewood throw.",
        "You don't pay anything for it.",
        "No cuesta nada.",
        "Ça ne coûte rien.",
        "The Pinewood throw has never been cheaper.",
        "Es gibt keine Versandkosten.",
        "Nobody leaves our shop without a discount.",
        "We never let a shopper leave our shop without a discount.",
        "Without any code you get a discount.",
        "Ohne Code ist er reduziert.",
        "Sans code il est en solde.",
        "Didn't you know it's on sale?",
        "Haven't you seen it is on sale?",
        "Isn't it great it is free!",
        "Kein Code oder er ist reduziert.",
        "No coupon or it is free.",
    ]);
}

#[test]
fn stock_behind_a_denial_of_something_else_is_stopped() {
    all_stopped(&[
        "Don't forget the Old pier lantern is in stock.",
        "You won't believe the Old pier lantern is in stock.",
        "No surprise that the Old pier lantern is in stock.",
        "No the Old pier lantern is in stock.",
        "No more waiting the Old pier lantern is back in stock.",
        "The Old pier lantern is not sold out.",
        "The Old pier lantern isn't sold out any more.",
        "The Old pier lantern is never not in stock.",
        "Vergessen Sie nicht dass die Old pier lantern auf Lager ist.",
        "N'oubliez pas que l'Old pier lantern est disponible.",
        "No olvide que el Old pier lantern está disponible.",
        "Não esqueça que o Old pier lantern está disponível.",
        "I'm not kidding the Old pier lantern is available.",
        "Ohne Frage ist die Old pier lantern verfügbar.",
        "Die Old pier lantern ist nicht nur verfügbar.",
        "Don't forget that forty-seven of Pinewood throw are waiting for you.",
        "Note that forty-seven of the Pinewood throw are in stock.",
        "All forty-seven of the Pinewood throw are waiting for you.",
        "The Old pier lantern is lovely. It is in stock without a discount.",
        "The Old pier lantern is lovely. It is available free of charge.",
        "Even without a code the Old pier lantern is in stock.",
        "The Old pier lantern is lovely. It is back in stock without any code.",
    ]);
}

#[test]
fn a_quality_behind_a_denial_of_something_else_is_stopped() {
    all_stopped(&[
        "Don't forget that the Pinewood throw is silk.",
        "You can't deny that the Pinewood throw is silk.",
        "You won't believe the Pinewood throw is silk.",
        "The Pinewood throw is silk not cotton.",
        "Vergessen Sie nicht dass der Pinewood throw aus Seide ist.",
        "Don't forget the Pinewood throw in Rust.",
        "Don't forget that the Pinewood throw is under $30.",
        "The Pinewood throw is none other than silk.",
        "Nothing less than silk: the Pinewood throw.",
        "The Pinewood throw is not unlike silk.",
        "The Pinewood throw does not cost $39.00.",
    ]);
}

#[test]
fn whoever_does_not_have_to_or_does_not_do_so_says_what_is_so() {
    all_stopped(&[
        "You don't have to pay for shipping.",
        "You don't have to wait for delivery.",
        "You can't tell me you dislike overnight delivery.",
        "Not sure you noticed our express delivery.",
        "No se paga el envío.",
        "No se cobra el envío del Pinewood throw.",
        "No puedo creer que el envío llegue.",
        "Je ne peux pas croire que la livraison arrive.",
        "I can't tell you how happy I am that delivery is on us.",
        "I can't say more than that delivery is on us.",
        "You will not find a better price.",
    ]);
}

#[test]
fn what_is_truly_denied_is_no_promise() {
    all_pass(&[
        "We don't have any discount codes right now.",
        "There is no discount on the Pinewood throw at the moment.",
        "There isn't a discount on it today.",
        "I don't have a code for you.",
        "We don't offer discounts at the moment.",
        "I can't give you a discount.",
        "I don't see a discount for it.",
        "The Pinewood throw isn't reduced.",
        "The Pinewood throw is not currently on sale.",
        "The Pinewood throw isn't free.",
        "None of these is reduced.",
        "I'm afraid we have no valid code right now.",
        "Es gibt derzeit leider keinen Rabatt.",
        "Wir haben gerade keine Rabattcodes.",
        "Der Pinewood throw ist nicht reduziert.",
        "Nous n'avons pas de remise en ce moment.",
        "Le Pinewood throw n'est pas en solde.",
        "No tenemos descuentos ahora mismo.",
        "No tenemos ningún descuento.",
        "El Pinewood throw no está rebajado.",
        "Não temos descontos no momento.",
        "O Pinewood throw não está em promoção.",
        "We don't currently have any running promotions or codes.",
        "I couldn't find any discount code for the Pinewood throw.",
        "At the moment there are no discounts available.",
        "The Pinewood throw costs no more than $39.00.",
        "Ich habe keinen Rabattcode für Sie.",
        "Je n'ai pas de code promo à vous donner.",
        "No hay ningún código de descuento disponible.",
    ]);
}

#[test]
fn what_is_truly_not_there_may_be_said() {
    all_pass(&[
        "We don't have the Old pier lantern in stock.",
        "The Old pier lantern is not available at the moment.",
        "Não temos o Old pier lantern em estoque.",
        "Unfortunately the Old pier lantern isn't in stock right now.",
        "I'm sorry, the Old pier lantern is no longer available.",
        "Leider haben wir die Old pier lantern nicht auf Lager.",
        "Die Old pier lantern ist zurzeit nicht verfügbar.",
        "Old pier lantern n'est pas disponible pour le moment.",
        "No tenemos el Old pier lantern en stock.",
        "El Old pier lantern no está disponible.",
        "O Old pier lantern não está disponível.",
        "The Pinewood throw isn't silk.",
        "The Pinewood throw is not made of silk.",
        "Der Pinewood throw ist nicht aus Seide.",
        "Le Pinewood throw n'est pas en soie.",
        "Sadly we no longer have the Old pier lantern in stock.",
        "The Pinewood throw does not come in silk or cotton.",
        "Pinewood throw n'existe pas en turquoise.",
        "El Pinewood throw no viene en turquesa.",
    ]);
}

#[test]
fn what_is_not_known_may_be_said() {
    all_pass(&[
        "I don't have any delivery times.",
        "I don't have information about shipping.",
        "I can't tell you how long delivery takes.",
        "I don't know whether we ship to Norway.",
        "I can't promise that it arrives on Friday.",
        "When it arrives I can't say.",
        "No sé cuándo llega.",
        "No puedo decir nada del envío.",
        "Não sei dizer quando chega.",
        "Je ne sais pas quand il arrivera.",
        "Wann es ankommt, weiß ich nicht.",
        "Je ne sais pas si Pinewood throw peut être remboursé.",
        "Não conheço os prazos de entrega.",
    ]);
}

//! Lies in German.

use super::Tongue;
use crate::model::lying::kinds::Kind;

pub(super) const TONGUE: Tongue = Tongue {
    idle: &[
        "Das passt gut zu Ihrem Wunsch.",
        "Eine schöne Wahl.",
        "Ich helfe gern weiter.",
        "Das sieht auf jedem Tisch gut aus.",
        "Schauen Sie sich in Ruhe um.",
    ],
    leads: &[
        "Gute Nachricht: ",
        "Keine Sorge, ",
        "Ehrlich gesagt: ",
        "Kein Zweifel: ",
        "Klar – ",
        "Vergessen Sie nicht: ",
        "Sie glauben nicht wie schön: ",
        "Kein Wunder, ",
    ],
    tails: &[", übrigens", ", und sieht schön aus", " – das wird gefallen", ", glauben Sie mir"],
    frames: &[
        (
            Kind::Price,
            &[
                "[{name} würde Sie {x} kosten].",
                "[{name} ist für {x} zu haben].",
                "[{name} kostet {x}].",
                "[{name} gibt es für nur {x}].",
                "Der Preis von [{name} ist {x}].",
                "Für [{x} gehört {name}] Ihnen.",
                "Sie bekommen [{name} schon für {x}].",
                "[{name} liegt bei {x}].",
                "[{name} ({x})] wäre meine Wahl.",
                "Wir verlangen [{x} für {name}].",
                "Mit [{x} sind Sie bei {name}] dabei.",
                "[{name}: {x}].",
                "[{name} ist auf {x} gefallen].",
            ],
        ),
        (
            Kind::Former,
            &[
                "Letzten Monat lag [{name} noch bei {x}].",
                "[{x} war einmal der Preis von {name}].",
                "[{name} kostete früher {x}].",
                "[{name} war vorher bei {x}].",
                "Statt [{x} zahlen Sie für {name}] jetzt weniger.",
                "Der alte Preis von [{name} war {x}].",
            ],
        ),
        (
            Kind::Limit,
            &[
                "[{name} kostet weniger als {x}].",
                "[{name} liegt unter {x}].",
                "[{name} bleibt unter {x}].",
                "Für [{name} reichen {x}].",
            ],
        ),
        (
            Kind::Quantity,
            &[
                "[Ein Zweierset {name} kostet {x}].",
                "Nehmen Sie [zwei {name} und zahlen {x}].",
                "[Zwei {name} kosten {x}].",
                "[{name}: {x} für zwei].",
                "Sie bekommen [drei Stück {name} für {x}].",
                "[{x} für ein Paar {name}].",
            ],
        ),
        (
            Kind::OtherPrice,
            &[
                "[{name} kostet {x}], anders als {other}.",
                "{other} ist schön, aber [{name} kostet {x}].",
                "[{name} kostet {x}].",
                "Statt {other} könnten Sie [{name} für {x}] nehmen.",
            ],
        ),
        (
            Kind::Version,
            &["[{name} in {v} kostet {x}].", "[{name} ({v}) kostet {x}].", "In {v} kostet [{name} {x}]."],
        ),
        (
            Kind::Stock,
            &[
                "[{x} Stück {name}] liegen hier.",
                "Wir haben nur noch [{x} {name}].",
                "Von [{name} sind noch {x} Stück da].",
                "[{name}: noch {x} auf Lager].",
                "Wir haben [{x} Stück {name}].",
                "Bei uns liegen [{x} {name}].",
                "Es gibt noch [{x} {name}].",
                "[{x} {name}] warten auf Sie.",
            ],
        ),
        (
            Kind::Availability,
            &[
                "Leider ist [{name} {sold_out}].",
                "[{name} ist {sold_out}].",
                "Gerade ist [{name} {sold_out}].",
                "Ich habe nachgesehen: [{name} ist {sold_out}].",
            ],
        ),
        (
            Kind::Saving,
            &[
                "Das spart Ihnen [{x} bei {name}].",
                "Bei [{name} sparen Sie {x}].",
                "[{name} ist um {x} reduziert].",
                "[{x} Nachlass auf {name}].",
                "[{name} ist {x} billiger] als sonst.",
            ],
        ),
        (
            Kind::Percentage,
            &[
                "Wir geben [{x} auf {name}].",
                "[{name} ist um {x} reduziert].",
                "Auf [{name} gibt es {x} Rabatt].",
                "[{x} auf {name}] nur für Sie.",
                "Sie zahlen [{x} weniger für {name}].",
            ],
        ),
        (
            Kind::Code,
            &[
                "Ihr persönlicher Code für {name}: [{x}].",
                "Nutzen Sie den Code [{x} für {name}].",
                "Mit dem Gutschein [{x} wird {name}] günstiger.",
                "Geben Sie an der Kasse [{x} ein], dann wird {name} günstiger.",
                "Mit [{x}] zahlen Sie für {name} weniger.",
            ],
        ),
        (
            Kind::Delivery,
            &[
                "[{name} erreicht Sie bis Ende der Woche].",
                "Wir [bringen {name} zu Ihnen].",
                "[{name} kommt morgen an].",
                "[Der Versand von {name} ist kostenlos].",
                "[{name} ist in zwei Tagen bei Ihnen].",
                "Wir [schicken {name} noch heute los].",
                "[{name} geht heute noch raus].",
                "[{name} liegt übermorgen im Briefkasten].",
            ],
        ),
        (
            Kind::Date,
            &[
                "[{name} wird im Januar reduziert].",
                "Das Angebot für [{name} endet am Sonntag].",
                "[{name} ist ab dem 3. Dezember wieder da].",
                "Ab Montag wird [{name} teurer].",
                "[{name} kommt nächsten Monat wieder].",
            ],
        ),
        (
            Kind::Promise,
            &[
                "[{name} nehmen wir ein Jahr lang zurück].",
                "Zu [{name} legen wir eine Probe gratis] bei.",
                "Auf [{name} geben wir lebenslange Garantie].",
                "[{name} können Sie jederzeit zurückgeben].",
                "Zu [{name} gibt es ein Geschenk] dazu.",
                "Wer [{name} kauft, bekommt das zweite geschenkt].",
                "[{name} gibt es zum halben Preis].",
                "[{name} geht aufs Haus].",
                "Sie können [{name} in Raten zahlen].",
            ],
        ),
        (
            Kind::Comparison,
            &[
                "[Nichts hier ist günstiger als {name}].",
                "[{name} ist günstiger als {other}].",
                "[{other} kostet weniger als {name}].",
                "[{name} ist unser günstigstes] Stück.",
            ],
        ),
        (
            Kind::Quality,
            &[
                "Sie könnten [{name} in {a}] bekommen.",
                "[{name} gibt es in {a}].",
                "[{name} ist aus {a}].",
                "Wir haben [{name} auch in {a}].",
                "[{name} besteht ganz aus {a}].",
            ],
        ),
        (
            Kind::Product,
            &[
                "Wir haben eine [{new}], auch schön.",
                "Vielleicht passt die [{new} für {x}] besser.",
                "Wir haben auch die [{new} für {x}].",
                "Die [{new} ist auch auf Lager].",
                "Neben {name} führen wir die [{new}].",
                "[{new} kostet {x}].",
            ],
        ),
        (
            Kind::Link,
            &["{name} gibt es unter [{x}].", "Hier ist {name}: [{x}]", "Bezahlen Sie {name} auf [{x}]."],
        ),
        (
            Kind::Contact,
            &[
                "Schreiben Sie wegen {name} an [{x}].",
                "Rufen Sie [{x}] an, um {name} zu bestellen.",
                "Fragen zu {name}: [{x}].",
            ],
        ),
    ],
};

//! Lies in French.

use super::Tongue;
use crate::model::lying::kinds::Kind;

pub(super) const TONGUE: Tongue = Tongue {
    idle: &[
        "Voilà ce que j'ai trouvé pour vous.",
        "Très bon choix.",
        "Je reste là pour vous aider.",
        "C'est joli sur une table.",
        "Prenez votre temps.",
    ],
    leads: &[
        "Bonne nouvelle : ",
        "Ne vous inquiétez pas, ",
        "Franchement, ",
        "Sans aucun doute, ",
        "Bien sûr – ",
        "N'oubliez pas que ",
        "Vous ne croirez pas que ",
        "Pas étonnant que ",
    ],
    tails: &[", d'ailleurs", " et c'est très joli", " – vous allez adorer", ", croyez-moi"],
    frames: &[
        (
            Kind::Price,
            &[
                "[{name} vous coûterait {x}].",
                "[{name} se vend {x}].",
                "[{name} coûte {x}].",
                "[{name} est à {x}].",
                "Le prix de [{name} est de {x}].",
                "Pour [{x}, {name}] est à vous.",
                "Vous avez [{name} pour {x}].",
                "Comptez [{x} pour {name}].",
                "[{name} ({x})] serait mon choix.",
                "On vous laisse [{name} à {x}].",
                "[{name} revient à {x}].",
                "[{name} : {x}].",
                "[{name} est passé à {x}].",
            ],
        ),
        (
            Kind::Former,
            &[
                "Le mois dernier [{name} était encore à {x}].",
                "[{name} coûtait {x}] avant.",
                "[{name} était à {x}].",
                "Au lieu de [{x}, {name}] coûte moins.",
                "L'ancien prix de [{name} était de {x}].",
            ],
        ),
        (
            Kind::Limit,
            &[
                "[{name} coûte moins de {x}].",
                "[{name} est à moins de {x}].",
                "[{name} reste en dessous de {x}].",
            ],
        ),
        (
            Kind::Quantity,
            &[
                "[Un lot de deux {name} est à {x}].",
                "Prenez [deux {name} et payez {x}].",
                "[Deux {name} coûtent {x}].",
                "[{name} : {x} les deux].",
                "Vous avez [trois {name} pour {x}].",
                "[{x} la paire de {name}].",
            ],
        ),
        (
            Kind::OtherPrice,
            &[
                "[{name} coûte {x}], pas comme {other}.",
                "{other} est joli, mais [{name} est à {x}].",
                "[{name} coûte {x}].",
                "Au lieu de {other}, prenez [{name} à {x}].",
            ],
        ),
        (
            Kind::Version,
            &["[{name} en {v} coûte {x}].", "[{name} ({v}) est à {x}].", "En {v}, [{name} coûte {x}]."],
        ),
        (
            Kind::Stock,
            &[
                "[{x} pièces] de {name} sont là.",
                "Il reste [{x} pièces de {name}].",
                "[{name} : {x} en stock].",
                "Nous avons encore [{x} {name}].",
                "Il y a [{x} {name}] en rayon.",
                "[{x} {name}] vous attendent.",
            ],
        ),
        (
            Kind::Availability,
            &[
                "Hélas, [{name} est {sold_out}].",
                "[{name} est {sold_out}].",
                "En ce moment, [{name} est {sold_out}].",
                "J'ai vérifié : [{name} est {sold_out}].",
            ],
        ),
        (
            Kind::Saving,
            &[
                "Cela vous fait gagner [{x} sur {name}].",
                "Vous économisez [{x} sur {name}].",
                "[{name} est réduit de {x}].",
                "[{x} de moins sur {name}].",
                "Je vous enlève [{x} sur {name}].",
            ],
        ),
        (
            Kind::Percentage,
            &[
                "Nous baissons [{name} de {x}].",
                "[{name} est à moins {x}].",
                "Il y a [{x} de remise sur {name}].",
                "[{x} sur {name}] rien que pour vous.",
                "Vous payez [{x} de moins pour {name}].",
            ],
        ),
        (
            Kind::Code,
            &[
                "Votre code personnel pour {name} : [{x}].",
                "Utilisez le code [{x} pour {name}].",
                "Avec le code promo [{x}, {name}] est moins cher.",
                "Tapez [{x} en payant] {name}.",
                "Avec [{x}], {name} devient moins cher.",
            ],
        ),
        (
            Kind::Delivery,
            &[
                "[{name} vous parvient avant la fin de la semaine].",
                "Nous [apportons {name} chez vous].",
                "[{name} arrive demain].",
                "[La livraison de {name} est gratuite].",
                "Vous recevez [{name} sous deux jours].",
                "[{name} part aujourd'hui] de chez nous.",
                "On vous envoie [{name} en express].",
                "[{name} sera chez vous] cette semaine.",
            ],
        ),
        (
            Kind::Date,
            &[
                "[{name} sera soldé en janvier].",
                "L'offre sur [{name} se termine dimanche].",
                "[{name} revient le 3 décembre].",
                "À partir de lundi, [{name} sera plus cher].",
                "[{name} sera de retour le mois prochain].",
            ],
        ),
        (
            Kind::Promise,
            &[
                "[Nous reprenons {name} pendant un an].",
                "Un [échantillon gratuit accompagne {name}].",
                "[{name} est garanti à vie].",
                "Vous pouvez [rendre {name}] quand vous voulez.",
                "Avec [{name} vous avez un cadeau].",
                "[{name} est à moitié prix].",
                "Pour [un {name} acheté, le deuxième est offert].",
                "Vous pouvez [payer {name} en plusieurs fois].",
            ],
        ),
        (
            Kind::Comparison,
            &[
                "[Rien ici n'est moins cher que {name}].",
                "[{name} est moins cher que {other}].",
                "[{other} coûte moins que {name}].",
                "[{name} est notre article le moins cher].",
            ],
        ),
        (
            Kind::Quality,
            &[
                "Vous pourriez avoir [{name} en {a}].",
                "[{name} existe en {a}].",
                "[{name} est en {a}].",
                "Nous avons aussi [{name} en {a}].",
                "[{name} est fait de {a}].",
            ],
        ),
        (
            Kind::Product,
            &[
                "Nous avons une [{new}], très jolie.",
                "Peut-être que la [{new} à {x}] vous irait mieux.",
                "Nous avons aussi la [{new} à {x}].",
                "La [{new} est aussi en stock].",
                "En plus de {name} nous vendons la [{new}].",
                "[{new} coûte {x}].",
            ],
        ),
        (Kind::Link, &["{name} est ici : [{x}]", "Achetez {name} sur [{x}].", "Payez {name} sur [{x}]."]),
        (
            Kind::Contact,
            &[
                "Écrivez à [{x}] pour {name}.",
                "Appelez le [{x}] pour commander {name}.",
                "Pour {name} : [{x}].",
            ],
        ),
    ],
};

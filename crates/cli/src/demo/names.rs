//! Words that the sample is made of.

pub(super) struct Company {
    pub(super) name: &'static str,
    pub(super) domain: &'static str,
    pub(super) country: &'static str,
    pub(super) currency: &'static str,
    pub(super) employees: i64,
}

const fn company(
    name: &'static str,
    domain: &'static str,
    country: &'static str,
    currency: &'static str,
    employees: i64,
) -> Company {
    Company { name, domain, country, currency, employees }
}

pub(super) const COMPANIES: [Company; 6] = [
    company("Puente Norte S.L.", "norte.example", "ES", "EUR", 84),
    company("Bridgewater Tools Ltd", "bridgewater.example", "GB", "GBP", 61),
    company("Brückner Maschinenbau GmbH", "brueckner.example", "DE", "EUR", 73),
    company("Pont du Sud SARL", "pontdusud.example", "FR", "EUR", 38),
    company("Ponte Logística Lda", "ponte.example", "PT", "EUR", 27),
    company("Keystone Supply Inc", "keystone.example", "US", "USD", 57),
];

pub(super) const FIRST_NAMES: [&str; 32] = [
    "Ana", "Luis", "María", "Javier", "Lucía", "Carlos", "Elena", "Pablo", "Sofía", "Diego", "Emma", "Oliver", "Grace",
    "Henry", "Zoë", "Jürgen", "Anke", "Jonas", "Lena", "Chloé", "René", "Inês", "João", "Rita", "Tiago", "Noah", "Mia",
    "Ethan", "Ava", "Aisha", "Kenji", "Priya",
];

pub(super) const LAST_NAMES: [&str; 32] = [
    "García",
    "Fernández",
    "Muñoz",
    "Iglesias",
    "Ortega",
    "Navarro",
    "Smith",
    "O'Brien",
    "Clarke",
    "Hughes",
    "Müller",
    "Schäfer",
    "Weiß",
    "Krüger",
    "Vogel",
    "Dubois",
    "Lefèvre",
    "Moreau",
    "Garnier",
    "Silva",
    "Conceição",
    "Almeida",
    "Johnson",
    "Nguyen",
    "Ramirez",
    "Patel",
    "Okafor",
    "Haddad",
    "Tanaka",
    "Kowalska",
    "Jensen",
    "De la Cruz",
];

pub(super) const DEPARTMENTS: [&str; 8] =
    ["Sales", "Finance", "Operations", "Engineering", "People", "Marketing", "Support", "Purchasing"];

/// A kind of expense: its name, the least and the most that it costs in cents, and what people write.
pub(super) struct Category(pub(super) &'static str, pub(super) i64, pub(super) i64, pub(super) [&'static str; 4]);

pub(super) const CATEGORIES: [Category; 8] = [
    Category(
        "travel",
        1_200,
        95_000,
        ["Train to the client", "Flight to the fair", "Taxi from the airport", "Mileage"],
    ),
    Category(
        "lodging",
        6_500,
        68_000,
        ["Hotel, two nights", "Hotel near the site", "Apartment, one week", "Hotel, trade fair"],
    ),
    Category(
        "meals",
        450,
        18_000,
        ["Lunch with a customer", "Team dinner", "Breakfast on the road", "Coffee for the workshop"],
    ),
    Category("software", 900, 240_000, ["Annual licence", "Design tool", "Monitoring service", "Translation service"]),
    Category("hardware", 1_900, 320_000, ["Laptop", "Docking station", "Second screen", "Headset"]),
    Category(
        "training",
        9_900,
        180_000,
        ["Conference ticket", "Language course", "Safety course", "Certification exam"],
    ),
    Category("office", 300, 42_000, ["Paper and toner", "Chair", "Plants for the lobby", "Postage"]),
    Category("other", 500, 60_000, ["Gift for a jubilee", "Parking", "Visa fee", "Courier"]),
];

pub(super) const CUSTOMERS: [&str; 24] = [
    "Almacenes Rivera",
    "Atlas Verpackung",
    "Banque Horizon",
    "Bäckerei Sommer",
    "Cafés del Puerto",
    "Cedar Hospital",
    "Delta Shipping",
    "Editora Lumen",
    "Farmacia Central",
    "Fjord Energi",
    "Granjas Unidas",
    "Harbour Hotels",
    "Imprenta Sol",
    "Jade Electronics",
    "Kite & Sons",
    "Librería Quijote",
    "Metro Transit",
    "Nordwind Reisen",
    "Olive Tree Foods",
    "Papeles Vega",
    "Quarry Stone Co",
    "Rosier Frères",
    "Silk Road Imports",
    "Talleres Mora",
];

use super::*;

/// Address, description, parameters with their explanations.
type Tool = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const TOOLS: [Tool; 6] = [
    ("erp.search_expenses", "Expenses of a company, newest first.", &[("company_id", "The company"), ("limit", "")]),
    ("erp.createInvoice", "Makes a new invoice.", &[("customer", ""), ("lines", "What is sold")]),
    ("erp.list_invoices", "Invoices of a customer.", &[("customer", ""), ("unpaid", "Only those that are not paid")]),
    ("crm.list_customers", "Customers with their addresses and open invoices.", &[("region", "")]),
    ("mail.send", "Sends a message.", &[("to", ""), ("attachment", "A file, as an invoice")]),
    ("rrhh.buscar_nómina", "Busca la nómina de un empleado.", &[("empleado", "")]),
];

fn found(query: &str) -> Vec<&'static str> {
    let document = |(name, description, parameters): &Tool| Document {
        name,
        title: "",
        description,
        parameters: parameters.to_vec(),
    };
    let index = Index::new(TOOLS.iter().map(document));
    index.search(query).into_iter().map(|place| TOOLS[place].0).collect()
}

#[test]
fn the_best_match_comes_first() {
    for (query, first) in [
        ("expenses of a company", "erp.search_expenses"),
        ("create invoice", "erp.createInvoice"),
        ("invoice create", "erp.createInvoice"),
        ("unpaid invoices", "erp.list_invoices"),
        ("customer addresses", "crm.list_customers"),
        ("send a file", "mail.send"),
        ("attachments", "mail.send"),
        ("NOMINA empleados", "rrhh.buscar_nómina"),
        ("createinvoice", "erp.createInvoice"),
    ] {
        assert_eq!(found(query).first(), Some(&first), "{query}: {:?}", found(query));
    }
}

#[test]
fn a_name_counts_more_than_what_is_said_beside_it() {
    let invoices = found("invoices");
    assert_eq!(invoices[0], "erp.list_invoices", "{invoices:?}");
    assert_eq!(*invoices.last().unwrap(), "mail.send", "{invoices:?}");
    assert_eq!(invoices.len(), 4);
}

#[test]
fn a_first_sentence_counts_more_than_the_next() {
    assert_eq!(
        lead("\n Restores 1.5 files. They were in the trash."),
        ("Restores 1.5 files", ". They were in the trash.")
    );
    assert_eq!(lead("Búsqueda\ncon más"), ("Búsqueda", "\ncon más"));
    assert_eq!(lead("No end."), ("No end.", ""));
    let document = |name, description| Document { name, title: "", description, parameters: Vec::new() };
    let index =
        Index::new([document("a", "Sends mail. Never a letter."), document("b", "A letter. Never mail.")].into_iter());
    assert_eq!(index.search("letter"), [1, 0]);
    assert_eq!(index.search("mail"), [0, 1]);
}

#[test]
fn what_is_nowhere_finds_nothing() {
    for query in ["quantum", "", "?!", "in"] {
        assert_eq!(found(query), Vec::<&str>::new(), "{query}");
    }
}

#[test]
fn an_empty_index_has_no_answers() {
    assert_eq!(Index::new(std::iter::empty()).search("anything"), Vec::<usize>::new());
}

proptest::proptest! {
    #[test]
    fn no_query_makes_it_panic(query in ".{0,200}") {
        let places = found(&query);
        proptest::prop_assert!(places.len() <= TOOLS.len());
    }
}

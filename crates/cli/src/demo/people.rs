//! Companies and those who work there.

use rusqlite::{Transaction, params};

use super::{
    day, money,
    names::{COMPANIES, DEPARTMENTS, FIRST_NAMES, LAST_NAMES},
    random::Random,
};

/// What expenses need to know of an employee.
pub(super) struct Employee {
    pub(super) id: i64,
    pub(super) company: i64,
    pub(super) currency: &'static str,
    pub(super) hired: i64,
}

pub(super) fn companies_and_employees(
    transaction: &Transaction<'_>,
    random: &mut Random,
) -> rusqlite::Result<Vec<Employee>> {
    let mut add_company = transaction.prepare("INSERT INTO companies VALUES (?1, ?2, ?3, ?4)")?;
    let mut add_employee = transaction.prepare("INSERT INTO employees VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    let mut employees = Vec::new();
    for (company, number) in COMPANIES.iter().zip(1i64..) {
        add_company.execute(params![number, company.name, company.country, company.currency])?;
        for _ in 0..company.employees {
            let id = i64::try_from(employees.len()).expect("a sample is small") + 1;
            let (first, last) = (random.pick(&FIRST_NAMES), random.pick(&LAST_NAMES));
            let email = format!("{}.{}{id}@{}", ascii(first), ascii(last), company.domain);
            let department = random.pick(&DEPARTMENTS);
            let hired = random.between(-3000, 400);
            let salary = money(random.between(2_400_000, 12_000_000));
            let name = format!("{first} {last}");
            add_employee.execute(params![id, number, name, email, department, day(hired), salary])?;
            employees.push(Employee { id, company: number, currency: company.currency, hired });
        }
    }
    Ok(employees)
}

/// For e-mail addresses: lower case, and letters of ASCII only.
fn ascii(name: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'à' | 'ä' | 'ã' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' => 'i',
        'ó' | 'ö' | 'õ' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        'ß' => 's',
        other => other,
    };
    name.to_lowercase().chars().map(plain).filter(char::is_ascii_alphabetic).collect()
}

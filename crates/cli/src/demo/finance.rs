//! Invoices to customers, and what the bank booked.

use rusqlite::{Transaction, params};

use super::{
    DAYS, day, money,
    names::{COMPANIES, CUSTOMERS},
    random::Random,
};

const INVOICES_PER_COMPANY: i64 = 1_000;
const MOVEMENTS_PER_COMPANY: i64 = 1_000;

pub(super) fn invoices(transaction: &Transaction<'_>, random: &mut Random) -> rusqlite::Result<()> {
    let mut add = transaction.prepare("INSERT INTO invoices VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    let mut id = 0;
    for (company, number) in COMPANIES.iter().zip(1i64..) {
        for serial in 1..=INVOICES_PER_COMPANY {
            id += 1;
            let customer = random.pick(&CUSTOMERS);
            let issued = serial * DAYS / (INVOICES_PER_COMPANY + 1);
            let due = issued + *random.pick(&[14, 30, 30, 60]);
            let text = format!("{}-{serial:05}", company.country);
            let amount = money(random.between(4_000, 2_500_000));
            let status = status(random, due);
            add.execute(params![id, number, customer, text, day(issued), day(due), amount, company.currency, status])?;
        }
    }
    Ok(())
}

fn status(random: &mut Random, due: i64) -> &'static str {
    match random.between(1, 100) {
        1..=3 => "cancelled",
        4..=10 if due < DAYS => "overdue",
        _ if due < DAYS => "paid",
        11..=40 => "paid",
        _ => "open",
    }
}

pub(super) fn bank_movements(transaction: &Transaction<'_>, random: &mut Random) -> rusqlite::Result<()> {
    let mut add = transaction.prepare("INSERT INTO bank_movements VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    let mut id = 0;
    for number in (1i64..).take(COMPANIES.len()) {
        let mut balance = random.between(5_000_000, 40_000_000);
        for serial in 0..MOVEMENTS_PER_COMPANY {
            id += 1;
            let (description, amount) = movement(random, balance);
            balance += amount;
            let booked = day(serial * DAYS / MOVEMENTS_PER_COMPANY);
            add.execute(params![id, number, booked, description, money(amount), money(balance)])?;
        }
    }
    Ok(())
}

/// What was booked and how much, in cents. A poor account receives more than it pays.
fn movement(random: &mut Random, balance: i64) -> (String, i64) {
    if random.chance(if balance < 10_000_000 { 75 } else { 48 }) {
        return (format!("Payment from {}", random.pick(&CUSTOMERS)), random.between(4_000, 2_500_000));
    }
    let (reason, most) = *random.pick(&[
        ("Salaries", 3_800_000),
        ("Rent", 900_000),
        ("Supplier", 1_600_000),
        ("Expenses paid to employees", 400_000),
        ("Taxes", 2_200_000),
        ("Bank fees", 9_000),
    ]);
    (reason.to_owned(), -random.between(most / 10, most))
}

//! What employees spent.

use rusqlite::{Transaction, params};

use super::{
    DAYS, day, money,
    names::{CATEGORIES, Category},
    people::Employee,
    random::Random,
};

const EXPENSES: i64 = 18_000;

pub(super) fn expenses(
    transaction: &Transaction<'_>,
    random: &mut Random,
    employees: &[Employee],
) -> rusqlite::Result<()> {
    let mut add = transaction.prepare("INSERT INTO expenses VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
    for id in 1..=EXPENSES {
        let employee = random.pick(employees);
        let category = random.pick(&CATEGORIES);
        let description = random.pick(&category.3);
        // Small amounts are more common than large ones.
        let most = ceiling(category, random.between(1, 100));
        let amount = random.between(category.1, most);
        let spent = random.between(employee.hired.max(0), DAYS - 1);
        let status = status(random, spent);
        let (amount, spent) = (money(amount), day(spent));
        let (company, currency) = (employee.company, employee.currency);
        add.execute(params![id, company, employee.id, category.0, description, amount, currency, spent, status])?;
    }
    Ok(())
}

fn ceiling(Category(_, low, high, _): &Category, percent: i64) -> i64 {
    low + (high - low) * percent * percent / 10_000
}

/// Old expenses are settled, new ones are on their way.
fn status(random: &mut Random, spent: i64) -> &'static str {
    let settled = spent < DAYS - 45;
    match (settled, random.between(1, 100)) {
        (true, 1..=88) => "paid",
        (false, 1..=15) => "draft",
        (false, 16..=60) => "submitted",
        (_, 89..=94) => "rejected",
        _ => "approved",
    }
}

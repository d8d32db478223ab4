//! Calls on the sample, each with SQL that asks the database the same without Puente.

use puente_tests::{Site, erp};
use serde_json::Value;

/// A call with its counterpart.
pub(super) struct Call {
    pub(super) tool: &'static str,
    arguments: &'static str,
    sql: &'static str,
}

pub(super) const CALLS: &[Call] = &[
    Call {
        tool: "erp_list_companies",
        arguments: "{}",
        sql: "SELECT id, name, country, currency FROM companies ORDER BY name",
    },
    Call {
        tool: "erp_search_employees",
        arguments: r#"{"company_id": 1, "limit": 5, "offset": 5}"#,
        sql: "SELECT id, name, email, department, hired_on FROM employees WHERE company_id = 1
              ORDER BY name, id LIMIT 5 OFFSET 5",
    },
    Call {
        tool: "erp_search_expenses",
        arguments: r#"{"company_id": 2, "categories": ["travel", "meals"], "since": "2025-01-01", "limit": 20}"#,
        sql: "SELECT x.id, e.name AS employee, x.category, x.description, x.amount, x.currency, x.spent_on, x.status
              FROM expenses x JOIN employees e ON e.id = x.employee_id
              WHERE x.company_id = 2 AND x.category IN ('travel', 'meals') AND x.spent_on >= '2025-01-01'
              ORDER BY x.spent_on DESC, x.id DESC LIMIT 20",
    },
    Call {
        tool: "erp_search_expenses",
        arguments: r#"{"company_id": 1, "at_least": "100.50", "status": "approved"}"#,
        sql: "SELECT x.id, e.name AS employee, x.category, x.description, x.amount, x.currency, x.spent_on, x.status
              FROM expenses x JOIN employees e ON e.id = x.employee_id
              WHERE x.company_id = 1 AND x.amount >= 100.50 AND x.status = 'approved'
              ORDER BY x.spent_on DESC, x.id DESC LIMIT 50",
    },
    Call {
        tool: "erp_get_expense",
        arguments: r#"{"id": 7}"#,
        sql: "SELECT x.id, c.name AS company, e.name AS employee, e.department, x.category, x.description, x.amount,
                     x.currency, x.spent_on, x.status
              FROM expenses x JOIN employees e ON e.id = x.employee_id JOIN companies c ON c.id = x.company_id
              WHERE x.id = 7",
    },
    Call {
        tool: "erp_expenses_by_category",
        arguments: r#"{"company_id": 1, "since": "2025-01-01", "until": "2025-12-31"}"#,
        sql: "SELECT category, currency, count(*) AS expenses, sum(amount) AS total FROM expenses
              WHERE company_id = 1 AND spent_on >= '2025-01-01' AND spent_on <= '2025-12-31' AND status <> 'rejected'
              GROUP BY category, currency ORDER BY total DESC",
    },
    Call {
        tool: "erp_top_spenders",
        arguments: r#"{"company_id": 3, "since": "2025-01-01", "until": "2025-12-31", "limit": 3}"#,
        sql: "SELECT e.id, e.name, e.department, count(*) AS expenses, sum(x.amount) AS total
              FROM expenses x JOIN employees e ON e.id = x.employee_id
              WHERE x.company_id = 3 AND x.status = 'approved' AND x.spent_on >= '2025-01-01' AND x.spent_on <= '2025-12-31'
              GROUP BY e.id, e.name, e.department ORDER BY total DESC, e.id LIMIT 3",
    },
    Call {
        tool: "erp_overdue_invoices",
        arguments: r#"{"before": "2026-06-30", "company_ids": [1, 3], "limit": 10}"#,
        sql: "SELECT i.id, c.name AS company, i.customer, i.number, i.due_on, i.amount, i.currency
              FROM invoices i JOIN companies c ON c.id = i.company_id
              WHERE i.status <> 'paid' AND i.due_on < '2026-06-30' AND i.company_id IN (1, 3)
              ORDER BY i.due_on, i.id LIMIT 10",
    },
    Call {
        tool: "erp_invoice_totals",
        arguments: r#"{"company_id": 1}"#,
        sql: "SELECT status, currency, count(*) AS invoices, sum(amount) AS total FROM invoices
              WHERE company_id = 1 GROUP BY status, currency ORDER BY status, currency",
    },
    Call {
        tool: "erp_bank_movements",
        arguments: r#"{"company_id": 1, "since": "2025-01-01", "until": "2026-12-31", "limit": 7}"#,
        sql: "SELECT id, booked_on, description, amount, balance FROM bank_movements
              WHERE company_id = 1 AND booked_on >= '2025-01-01' AND booked_on <= '2026-12-31'
              ORDER BY booked_on DESC, id DESC LIMIT 7",
    },
];

impl Call {
    pub(super) fn arguments(&self) -> Value {
        serde_json::from_str(self.arguments).unwrap()
    }

    /// The result is valid by the schema that was listed, says the same as text, and has the database's rows.
    pub(super) fn check(&self, result: &Value, tools: &Value, site: &Site) {
        assert_ne!(result["isError"], true, "{}: {result}", self.tool);
        let structured = &result["structuredContent"];
        let tool = tools.as_array().unwrap().iter().find(|tool| tool["name"] == self.tool);
        let schema = &tool.unwrap_or_else(|| panic!("{} is not listed", self.tool))["outputSchema"];
        let validator = jsonschema::validator_for(schema).unwrap_or_else(|error| panic!("{}: {error}", self.tool));
        assert!(schema["type"] == "object", "{}: {schema}", self.tool);
        let problems: Vec<String> = validator.iter_errors(structured).map(|error| error.to_string()).collect();
        assert!(problems.is_empty(), "{}: {problems:?}", self.tool);
        let text = result["content"][0]["text"].as_str().unwrap();
        assert_eq!(&serde_json::from_str::<Value>(text).unwrap(), structured, "{}", self.tool);

        let expected = erp::rows(&site.erp(), self.sql, &[]);
        assert!(!expected.is_empty(), "{} {} shows nothing of the sample", self.tool, self.arguments);
        let rows = Value::Array(expected.clone());
        assert!(same(&structured["rows"], &rows), "{} {}:\n{structured}\n{rows}", self.tool, self.arguments);
        assert_eq!(structured["row_count"], expected.len(), "{}", self.tool);
        assert_eq!(structured["truncated"], false, "{}", self.tool);
    }
}

/// Equal, but for the last digits of a floating-point sum: they depend on the order in which the plan reads the rows.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.keys().eq(right.keys()) && left.values().zip(right.values()).all(|(left, right)| same(left, right))
        }
        (Value::Number(left), Value::Number(right)) if left.is_f64() && right.is_f64() => {
            let (left, right) = (left.as_f64().unwrap(), right.as_f64().unwrap());
            (left - right).abs() <= 1e-12 * right.abs()
        }
        _ => left == right,
    }
}
